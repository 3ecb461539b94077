import { expect, test } from 'vitest';
import { tell } from '../api/events';
import { type Page, usePages } from './pages';

interface Asked {
  readonly cursor: string | null;
  readonly limit: number;
  readonly signal: AbortSignal;
  answer(items: readonly string[], next?: string | null): Promise<void>;
  fail(error: Error): Promise<void>;
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Pages, and each question that they ask, to be answered by hand. */
function pages(kinds: readonly string[] = []) {
  const asked: Asked[] = [];
  const list = usePages<string>(
    (cursor, limit, signal) =>
      new Promise<Page<string>>((resolve, reject) => {
        asked.push({
          cursor,
          limit,
          signal,
          answer: (items, next = null) => (resolve({ items, next }), settled()),
          fail: (error) => (reject(error), settled()),
        });
      }),
    (item) => item,
    { usual: 2, most: 4 },
    kinds,
  );
  return { list, asked };
}

async function filled() {
  const { list, asked } = pages();
  await settled();
  await asked[0]!.answer(['a', 'b'], 'b');
  return { list, asked };
}

test('pages follow each other', async () => {
  const { list, asked } = await filled();
  expect(list.items.value).toEqual(['a', 'b']);
  expect(list.hasMore.value).toBe(true);
  void list.more();
  await settled();
  expect(asked[1]!.cursor).toBe('b');
  expect(list.busy.value).toBe(true);
  await asked[1]!.answer(['b', 'c']);
  expect(list.items.value).toEqual(['a', 'b', 'c']);
  expect(list.hasMore.value).toBe(false);
  expect(list.busy.value).toBe(false);
});

test('an empty page is not the end where others follow', async () => {
  const { list, asked } = pages();
  await settled();
  await asked[0]!.answer([], 'x');
  expect(list.items.value).toBeNull();
  await asked[1]!.answer(['a'], 'a');
  expect(list.items.value).toEqual(['a']);
});

test('going on and reading again take turns, and none is lost', async () => {
  const { list, asked } = await filled();
  void list.reload();
  void list.more();
  void list.more();
  await settled();
  expect(asked).toHaveLength(2);
  await asked[1]!.answer(['new', 'a'], 'a');
  expect(list.items.value).toEqual(['new', 'a', 'b']);
  expect(asked.map(({ cursor }) => cursor)).toEqual([null, null, 'b']);
  await asked[2]!.answer(['c']);
  expect(list.items.value).toEqual(['new', 'a', 'b', 'c']);
  expect(asked).toHaveLength(3);
});

test('what is read again and stands nowhere in what was known takes the place of all', async () => {
  const { list, asked } = await filled();
  void list.reload();
  await settled();
  await asked[1]!.answer(['y', 'z'], 'z');
  expect(list.items.value).toEqual(['y', 'z']);
  void list.more();
  await settled();
  expect(asked[2]!.cursor).toBe('z');
});

test('another question drops what is under way', async () => {
  const { list, asked } = await filled();
  void list.more();
  await settled();
  void list.reset();
  await settled();
  expect(list.items.value).toBeNull();
  expect(asked[1]!.signal.aborted).toBe(true);
  await asked[2]!.answer(['other']);
  await asked[1]!.answer(['c']);
  expect(list.items.value).toEqual(['other']);
  expect(list.busy.value).toBe(false);
});

test('going on in the other question is not going on in the one before', async () => {
  const { list, asked } = await filled();
  void list.more();
  await settled();
  void list.reset();
  await settled();
  void list.more();
  await asked[2]!.answer(['other'], 'other');
  await settled();
  expect(asked[3]!.cursor).toBe('other');
  await asked[3]!.answer(['more']);
  expect(list.items.value).toEqual(['other', 'more']);
});

test('what is there is read again in few pages', async () => {
  const { list, asked } = await filled();
  for (const items of [['c', 'd'], ['e', 'f']]) {
    void list.more();
    await settled();
    await asked.at(-1)!.answer(items, items[1]);
  }
  void list.reload();
  await settled();
  await asked[3]!.answer(['a', 'b', 'c', 'd'], 'd');
  await asked[4]!.answer(['e', 'f'], 'f');
  expect(asked.map(({ limit }) => limit)).toEqual([2, 2, 2, 4, 2]);
  expect(list.items.value).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(list.busy.value).toBe(false);
});

test('what went wrong is told, and gone when it went well', async () => {
  const { list, asked } = await filled();
  void list.more();
  await settled();
  const fault = new Error('away');
  await asked[1]!.fail(fault);
  expect(list.fault.value).toBe(fault);
  expect(list.items.value).toEqual(['a', 'b']);
  void list.more();
  await settled();
  await asked[2]!.answer(['c']);
  expect(list.fault.value).toBeNull();
  expect(list.items.value).toEqual(['a', 'b', 'c']);
});

test('a swarm of events is one reading', async () => {
  const { asked } = pages(['tags.changed']);
  await settled();
  await asked[0]!.answer(['a']);
  for (let number = 0; number < 50; number += 1) tell('tags.changed');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(asked).toHaveLength(2);
});
