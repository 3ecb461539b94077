/** The numbers beside the bar. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Item, makeItem, type Outcome, OUTCOMES, type Sample, sampled, share, speed, totals, uuid, wallClock } from './items';

function item(size: number, changes: Partial<Item> = {}): Item {
  return Object.assign(makeItem({ file: new File(['x'.repeat(size)], 'a.jpg'), path: 'a.jpg', tags: [] }, 'batch'), changes);
}

const some = fc.record({ size: fc.nat(200), sent: fc.nat(300), outcome: fc.option(fc.constantFrom<Outcome>(...OUTCOMES), { nil: null }) });

test('the heaps together are the files that are decided, and no more is settled than there is', () => {
  fc.assert(
    fc.property(fc.array(some, { maxLength: 20 }), (all) => {
      const sums = totals(all.map(({ size, ...changes }) => item(size, changes)));
      expect(sums.files).toBe(all.length);
      expect(Object.values(sums.outcomes).reduce((sum, one) => sum + one, 0)).toBe(sums.decided);
      expect(sums.settled).toBeLessThanOrEqual(sums.bytes);
      if (sums.decided === sums.files) expect(sums.settled).toBe(sums.bytes);
    }),
  );
});

test('a file is between nothing and done', () => {
  expect(share(item(100))).toBe(0);
  expect(share(item(100, { hashed: 50 }))).toBeCloseTo(0.05);
  expect(share(item(100, { sha256: 'x', sent: 100 }))).toBe(1);
  expect(share(item(100, { outcome: 'known' }))).toBe(1);
});

describe('speed', () => {
  const measured = (...all: [number, number][]): readonly Sample[] => all.reduce<readonly Sample[]>((samples, [at, bytes]) => sampled(samples, at, bytes), []);

  test('is that of the last seconds', () => {
    expect(speed(measured([0, 0], [2000, 4000]))).toBe(2000);
    expect(speed(measured([0, 0], [60_000, 1000], [62_000, 5000]))).toBe(2000);
  });

  test('is not known at once', () => {
    expect(speed([])).toBeNull();
    expect(speed(measured([0, 0], [500, 4000]))).toBeNull();
  });
});

test('the date of a file is a wall clock, where it is one', () => {
  expect(wallClock(new Date(2018, 2, 2, 10, 0, 0).getTime())).toBe('2018-03-02T10:00:00');
  expect(wallClock(Number.NaN)).toBeNull();
  expect(wallClock(-1e15)).toBeNull();
});

test('a name for a batch is a UUID', () => {
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
