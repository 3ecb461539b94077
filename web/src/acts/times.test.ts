import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moved, secondsOf, zoneName } from './times';

test('a span counts its parts, and its direction', () => {
  expect(secondsOf({ later: true, days: 1, hours: 2, minutes: 3, seconds: 4 })).toBe(93_784);
  expect(secondsOf({ later: false, days: 0, hours: 0, minutes: 1, seconds: 0 })).toBe(-60);
  expect(Object.is(secondsOf({ later: false, days: 0, hours: 0, minutes: 0, seconds: 0 }), 0)).toBe(true);
});

test('clocks go over the ends of months and years', () => {
  expect(moved('2019-12-31T23:59:59', 1)).toBe('2020-01-01T00:00:00');
  expect(moved('2020-03-01T00:00:00.5', -1)).toBe('2020-02-29T23:59:59');
  expect(moved('9999-12-31T23:59:59', 1)).toBeNull();
});

test('there and back is where one was', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (by) => {
      expect(moved(moved('2020-05-03T14:07:09', by)!, -by)).toBe('2020-05-03T14:07:09');
    }),
  );
});

test('zones are written as people write them', () => {
  expect([zoneName(330), zoneName(-210), zoneName(0)]).toEqual(['UTC+05:30', 'UTC−03:30', 'UTC+00:00']);
});
