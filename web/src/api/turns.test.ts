import { expect, test } from 'vitest';
import { coalesced, turns } from './turns';

/** Readings that end when they are told to. */
function readings() {
  const ends: (() => void)[] = [];
  return {
    ends,
    read: () => new Promise<void>((end) => ends.push(end)),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('steps come one after another, also behind one that fails', async () => {
  const queue = turns();
  const seen: string[] = [];
  const first = queue.take(async () => {
    await settled();
    seen.push('first');
    throw new Error('no');
  });
  const second = queue.take(async () => {
    seen.push('second');
    return 2;
  });
  await expect(first).rejects.toThrow('no');
  expect(await second).toBe(2);
  expect(seen).toEqual(['first', 'second']);
});

test('what is asked for during a reading is read once more for all who asked', async () => {
  const { ends, read } = readings();
  const reload = coalesced(read);
  const over: string[] = [];
  void reload().then(() => over.push('one'));
  await settled();
  void reload().then(() => over.push('two'));
  void reload().then(() => over.push('three'));
  await settled();
  expect(ends).toHaveLength(1);
  ends[0]!();
  await settled();
  expect(over).toEqual(['one']);
  expect(ends).toHaveLength(2);
  ends[1]!();
  await settled();
  expect(over).toEqual(['one', 'two', 'three']);
  expect(ends).toHaveLength(2);
});

test('a reading that fails holds up none that follows', async () => {
  let count = 0;
  const reload = coalesced(async () => {
    count += 1;
    await settled();
    if (count === 1) throw new Error('no');
  });
  const [first, second] = [reload(), reload()];
  await expect(first).rejects.toThrow('no');
  await second;
  await reload();
  expect(count).toBe(3);
});
