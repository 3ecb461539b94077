import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byMonth, byYear, everyNth, largest, scaleOf } from './charts';

const DAYS = ['2018-05-01', '2018-05-02', '2020-12-24'];
const COUNTS = [2, 3, 4];

it('scales are round and reach the greatest value', () => {
  expect([scaleOf(0), scaleOf(1), scaleOf(7), scaleOf(1000)]).toEqual([[0, 1], [0, 1], [0, 2, 4, 6, 8], [0, 250, 500, 750, 1000]]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (most) => {
      const lines = scaleOf(most);
      expect(lines.at(-1)!).toBeGreaterThanOrEqual(most);
      expect(lines.length).toBeLessThanOrEqual(6);
      expect(lines.every(Number.isInteger)).toBe(true);
    }),
  );
});

it('years have no gaps, unless of a clock that was never set', () => {
  expect(byYear(DAYS, COUNTS).map(({ label, value }) => [label, value])).toEqual([['2018', 5], ['2019', 0], ['2020', 4]]);
  expect(byYear(['0001-01-01', '2020-01-01'], [1, 2]).map(({ query }) => query)).toEqual(['timeline:0001', 'timeline:2020']);
  expect(byYear([], [])).toEqual([]);
});

it('months are of one year or of all', () => {
  const names = Array.from({ length: 12 }, (_, index) => `m${index + 1}`);
  expect(byMonth(DAYS, COUNTS, names, null).map(({ value }) => value)).toEqual([0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 4]);
  expect(byMonth(DAYS, COUNTS, names, '2018')[11]).toEqual({ label: 'm12', value: 0, query: 'timeline:2018-12' });
});

it('the smallest are counted together', () => {
  const bars = [1, 5, 0, 3, 2].map((value) => ({ label: `b${value}`, value }));
  expect(largest(bars, 3, 'others').map(({ label, value }) => [label, value])).toEqual([['b5', 5], ['b3', 3], ['others', 3]]);
  expect(largest(bars, 9, 'others').length).toBe(4);
  expect([everyNth(10, 20), everyNth(100, 12)]).toEqual([1, 9]);
});
