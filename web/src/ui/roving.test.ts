import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { along } from './roving';

describe('a row of things', () => {
  it('is walked along to its ends, and never beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(49), fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'), (many, wish, key) => {
        const at = wish % many;
        const to = along(key, at, many)!;
        expect(to).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThan(many);
        expect(Math.abs(to - at)).toBeLessThanOrEqual(key === 'Home' || key === 'End' ? many : 1);
      }),
    );
    expect(along('ArrowRight', 1, 3)).toBe(2);
    expect(along('ArrowRight', 2, 3)).toBe(2);
    expect(along('Home', 2, 3)).toBe(0);
  });

  it('leaves other keys alone, and all of them where there is nothing', () => {
    expect(along('Tab', 1, 3)).toBeNull();
    expect(along('a', 1, 3)).toBeNull();
    expect(along('ArrowRight', 0, 0)).toBeNull();
  });
});
