/** Walking along neighbours. */
import { describe, expect, it } from 'vitest';
import { besides, heir, isShort, NOBODY, REACH, sized, stripOf, without } from './strip';

const make = (number: number) => ({ id: `p${number}`, kind: 'image', ratio: 1, blurhash: null, thumbnail: null, sortedAt: '2020-01-01T00:00:00', label: '' });
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => make(from + index));

describe('a strip', () => {
  const middle = stripOf({ before: range(0, REACH), here: make(REACH), after: range(REACH + 1, REACH) });
  const whole = stripOf({ before: range(0, 1), here: make(1), after: range(2, 1) });

  it('knows who is beside', () => {
    expect(besides(whole, 'p1', 1)?.id).toBe('p2');
    expect(besides(whole, 'p1', -1)?.id).toBe('p0');
    expect(besides(whole, 'p2', 1)).toBeNull();
    expect(besides(NOBODY, 'p2', 1)).toBeNull();
  });

  it('asks for more before it ends, and not where nothing comes', () => {
    expect(isShort(middle, `p${REACH}`)).toBe(false);
    expect(isShort(middle, 'p2')).toBe(true);
    expect(isShort(middle, `p${2 * REACH}`)).toBe(true);
    expect(isShort(middle, 'elsewhere')).toBe(true);
    for (const { id } of whole.all) expect(isShort(whole, id)).toBe(false);
  });

  it('goes on after one was taken away', () => {
    expect(heir(whole, 'p1')?.id).toBe('p2');
    expect(heir(whole, 'p2')?.id).toBe('p1');
    expect(heir(stripOf({ before: [], here: make(1), after: [] }), 'p1')).toBeNull();
    expect(without(whole, 'p1').all.map(({ id }) => id)).toEqual(['p0', 'p2']);
  });

  it('has addresses in the sizes there are', () => {
    expect(sized('/t/{size}.webp?s=1', 'large')).toBe('/t/large.webp?s=1');
    expect(sized('https://b.test/t/small.webp', 'small')).toBe('https://b.test/t/small.webp');
    expect(sized('https://b.test/t/small.webp', 'large')).toBeNull();
    expect(sized(null, 'small')).toBeNull();
  });
});
