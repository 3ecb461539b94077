import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creeping, reordered } from './sorting';

describe('a list', () => {
  it('has all its entries in another order', () => {
    expect(reordered(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(reordered(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  });

  it('scrolls towards the edge at which something is dragged, and rests in the middle', () => {
    expect(creeping(400, 0, 800)).toBe(0);
    expect(creeping(0, 0, 800)).toBeLessThan(0);
    expect(creeping(-50, 0, 800)).toBe(creeping(0, 0, 800));
    expect(creeping(800, 0, 800)).toBe(-creeping(0, 0, 800));
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 900 }), fc.integer({ min: 0, max: 400 }), (y, height) => {
        const step = creeping(y, 0, height);
        if (step < 0) expect(y).toBeLessThanOrEqual(height / 2 + 1);
        if (step > 0) expect(y).toBeGreaterThanOrEqual(height / 2 - 1);
      }),
    );
  });
});
