/** The square of a picture that a portrait shows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LEAST, middle, moved, sides, sized } from './framing';

it('begins with the middle', () => {
  expect(middle(2)).toEqual({ left: 0.25, top: 0, edge: 1 });
  expect(middle(0.5)).toEqual({ left: 0, top: 0.25, edge: 1 });
});

it('never leaves the picture, and stays a square', () => {
  const part = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), part, part, part, (ratio, x, y, edge) => {
      const square = moved(sized(middle(ratio), edge, ratio), { x, y }, ratio);
      const { width, height } = sides(square.edge, ratio);
      expect(square.edge).toBeGreaterThanOrEqual(LEAST);
      expect(Math.min(square.left, square.top)).toBeGreaterThanOrEqual(0);
      expect(Math.max(square.left + width, square.top + height)).toBeLessThanOrEqual(1 + 1e-9);
      expect(width * ratio).toBeCloseTo(height);
    }),
  );
});
