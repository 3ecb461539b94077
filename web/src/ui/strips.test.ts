/** What is chosen in a row comes into view. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wayTo } from './strips';

const row = { left: 16, right: 374 };

test('a row stays where it is while what is chosen is in view', () => {
  expect(wayTo(row, { left: 16, right: 90 })).toBe(0);
  expect(wayTo(row, { left: 300, right: 374 })).toBe(0);
});

test('what is cut off or out of view comes into the middle', () => {
  expect(wayTo(row, { left: 330, right: 430 })).toBe(185);
  expect(wayTo(row, { left: -80, right: 20 })).toBe(-225);
  fc.assert(
    fc.property(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 1, max: 358 }), (left, width) => {
      const way = wayTo(row, { left, right: left + width });
      expect(left - way).toBeGreaterThanOrEqual(row.left);
      expect(left + width - way).toBeLessThanOrEqual(row.right);
    }),
  );
});
