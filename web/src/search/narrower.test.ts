import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { isTooSlow, narrowers } from './narrower';

const NOW = new Date(2026, 5, 1);

describe('a question that was too much', () => {
  it('is told from other refusals', () => {
    expect(isTooSlow(new Problem(503, 'too_slow', 'No'))).toBe(true);
    expect(isTooSlow(new Problem(422, 'too_slow', 'No'))).toBe(true);
    expect(isTooSlow(new Problem(503, 'unavailable', 'No'))).toBe(false);
    expect(isTooSlow(new Error('x'))).toBe(false);
  });

  it('becomes narrower, with what was asked for', () => {
    expect(narrowers('', NOW).map(({ query }) => query)).toEqual(['year:2026', 'year:2025', 'rating:>=4', 'has:tags']);
    expect(narrowers('camera:canon', NOW)[1]).toEqual({ kind: 'year', year: 2025, query: 'camera:canon year:2025' });
    // Where parts are joined by `or`, all of it is meant.
    expect(narrowers('a or b', NOW)[0]!.query).toBe('(a or b) year:2026');
  });

  it('is not asked for what it asks for already', () => {
    expect(narrowers('year:2019 rating:5 tag:/A', NOW)).toEqual([]);
    expect(narrowers('date:2019-05 has:gps', NOW).map(({ kind }) => kind)).toEqual(['rating']);
  });
});
