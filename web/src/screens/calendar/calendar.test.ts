import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsOf, dayStep, firstDayOf, levelOf, monthsOf, onThisDay, todayIn, weekdayOf, yearsOf } from './calendar';

const COUNTS = countsOf({ days: ['2019-11-22', '2020-02-29', '2020-05-03', '2020-11-22'], counts: [4, 1, 7, 2] });

describe('a year', () => {
  it('has all its days in weeks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 7 }), (year, first) => {
        const days = monthsOf(year, COUNTS, first).flatMap(({ weeks }) => weeks.flat()).filter(({ date }) => date);
        const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
        expect(days.length).toBe(isLeap ? 366 : 365);
        for (const { weeks } of monthsOf(year, COUNTS, first)) expect(weeks.every((week) => week.length === 7)).toBe(true);
      }),
    );
  });

  it('begins its weeks where people do', () => {
    // The third of May 2020 was a Sunday.
    expect(weekdayOf(2020, 5, 3)).toBe(7);
    expect(monthsOf(2020, COUNTS, 1)[4]!.weeks[0]!.map(({ number }) => number)).toEqual([0, 0, 0, 0, 1, 2, 3]);
    expect(monthsOf(2020, COUNTS, 7)[4]!.weeks[0]!.map(({ number }) => number)).toEqual([0, 0, 0, 0, 0, 1, 2]);
    expect([firstDayOf('en-US'), firstDayOf('fr-FR'), firstDayOf('no locale')]).toEqual([7, 1, 1]);
  });

  it('counts', () => {
    expect(yearsOf(COUNTS)).toEqual([2020, 2019]);
    expect(monthsOf(2020, COUNTS, 1).map(({ count }) => count)).toEqual([0, 1, 0, 0, 7, 0, 0, 0, 0, 0, 2, 0]);
    expect(monthsOf(2020, COUNTS, 1)[4]!.weeks[0]![6]).toEqual({ date: '2020-05-03', number: 3, count: 7, level: 4 });
  });
});

it('levels go from none to many', () => {
  expect([0, 1].map((count) => levelOf(count, 1))).toEqual([0, 1]);
  expect([0, 1, 5, 15, 100].map((count) => levelOf(count, 100))).toEqual([0, 1, 2, 2, 4]);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1e6 }), (most) => {
      expect(levelOf(most, most)).toBe(4);
    }),
  );
});

it('on this day is of years before', () => {
  expect(onThisDay(COUNTS, '2022-11-22')).toEqual([
    { date: '2020-11-22', count: 2, years: 2 },
    { date: '2019-11-22', count: 4, years: 3 },
  ]);
  expect(onThisDay(COUNTS, '2019-11-22')).toEqual([]);
  expect(todayIn(new Date(2022, 0, 5))).toBe('2022-01-05');
});

describe('keys in a year', () => {
  const days = ['2020-01-01', '2020-01-02', '2020-01-09', '2020-02-29', '2020-03-01', '2020-11-22'];

  it('go to the next day, week and month that have pictures', () => {
    expect(dayStep(days, 'ArrowDown', 0)).toBe(1);
    expect(dayStep(days, 'ArrowRight', 0)).toBe(2);
    expect(dayStep(days, 'ArrowRight', 3)).toBe(5);
    expect(dayStep(days, 'ArrowLeft', 3)).toBe(2);
    expect(dayStep(days, 'PageDown', 1)).toBe(3);
    expect(dayStep(days, 'PageUp', 4)).toBe(3);
    expect(dayStep(days, 'PageUp', 3)).toBe(0);
    expect(dayStep(days, 'PageUp', 1)).toBe(0);
    expect(dayStep(days, 'Home', 4)).toBe(0);
    expect(dayStep(days, 'End', 0)).toBe(5);
  });

  it('never lead out of it, and always on', () => {
    const all = fc.uniqueArray(fc.integer({ min: 0, max: 364 }), { minLength: 1, maxLength: 80 }).map((numbers) =>
      [...numbers].sort((one, other) => one - other).map((day) => new Date(Date.UTC(2021, 0, 1 + day)).toISOString().slice(0, 10)),
    );
    fc.assert(
      fc.property(all, fc.nat(79), (some, wish) => {
        const at = wish % some.length;
        for (const key of ['ArrowDown', 'ArrowRight', 'PageDown']) expect(dayStep(some, key, at)! > at || at === some.length - 1).toBe(true);
        for (const key of ['ArrowUp', 'ArrowLeft', 'PageUp']) expect(dayStep(some, key, at)! < at || at === 0).toBe(true);
        expect(dayStep(some, 'x', at)).toBeNull();
      }),
    );
    expect(dayStep([], 'End', 0)).toBeNull();
  });
});
