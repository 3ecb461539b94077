import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTight, shares, type Usage } from './usage';

const size = fc.integer({ min: 0, max: 1e15 });
const usages: fc.Arbitrary<Usage> = fc
  .record({ originals: size, versions: size, trash: size, uploading: size, quota: fc.option(size) })
  .map((some) => ({ ...some, used: some.originals + some.versions + some.trash + some.uploading }));

test('parts of the bar never come to more than the whole of it', () => {
  fc.assert(
    fc.property(usages, (usage) => {
      const sum = shares(usage).reduce((total, { percent }) => total + percent, 0);
      expect(sum).toBeLessThanOrEqual(100.0001);
      if (usage.quota === null && usage.used > 0) expect(sum).toBeCloseTo(100);
    }),
  );
});

test('an empty library has an empty bar, and a quota of nothing is tight', () => {
  const none = { originals: 0, versions: 0, trash: 0, uploading: 0, used: 0, quota: null };
  expect(shares(none)).toEqual([]);
  expect(isTight(none)).toBe(false);
  expect(isTight({ ...none, quota: 0 })).toBe(true);
  expect(isTight({ ...none, originals: 90, used: 90, quota: 100 })).toBe(true);
});
