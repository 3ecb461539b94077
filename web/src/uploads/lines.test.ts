/** Files in their lines: what goes on next, and what waits. */
import { expect, it } from 'vitest';
import { type Item, makeItem } from './items';
import { Lines } from './lines';

function item(name: string, { sha256 = null, batch = 'one', size = 10 }: { sha256?: string | null; batch?: string; size?: number } = {}): Item {
  const file = { name, size, lastModified: 0 } as File;
  return makeItem({ file, path: name, tags: [], sha256 }, batch);
}

it('leads a file from reading over announcing to sending', () => {
  const lines = new Lines();
  const one = item('a.jpg');
  lines.add(one);
  expect([one.phase, lines.size]).toEqual(['waiting', 1]);
  expect(lines.nextToAnnounce(true)).toEqual([]);
  expect(lines.nextToRead()).toBe(one);
  expect(lines.nextToRead()).toBeNull();
  one.sha256 = 'aa';
  lines.add(one);
  expect(lines.nextToAnnounce(true)).toEqual([one]);
  one.upload = 'id';
  lines.add(one);
  expect([one.phase, lines.nextToSend(), lines.size]).toEqual(['open', one, 0]);
});

it('announces the same content once at a time, and together only what came together', () => {
  const lines = new Lines();
  const [first, twin, other] = [item('a', { sha256: 'aa' }), item('b', { sha256: 'aa' }), item('c', { sha256: 'cc', batch: 'two' })];
  for (const one of [first, twin, other]) lines.add(one);
  expect(lines.nextToAnnounce(true)).toEqual([first]);
  expect(lines.nextToAnnounce(true)).toEqual([other]);
  expect(lines.nextToAnnounce(true)).toEqual([]);
  lines.release(first);
  expect(lines.nextToAnnounce(true)).toEqual([twin]);
});

it('forgets what is dropped', () => {
  const lines = new Lines();
  const one = item('a', { sha256: 'aa' });
  lines.add(one);
  lines.drop(one);
  expect([lines.size, lines.nextToAnnounce(true)]).toEqual([0, []]);
});
