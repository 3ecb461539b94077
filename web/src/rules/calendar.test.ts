/** The calendar's rules, on the examples of the server's own tests, and laws that hold for all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Band, type Calendar, clock, type Offset, PART_NAMES, sort, STARTS, stretches, type Style } from './calendar';

const EXAMPLE: Calendar = {
  root: '/Calendar',
  hemisphere: 'north',
  catch_all: { name: 'Undated', undated: true },
  bands: [
    { from: '2015-08-01', to: '2016-08-01', template: 'School year 15-16' },
    { from: '2020-01-01', to: null, template: '{season} {year}' },
    { from: '2015-01-01', to: '2016-01-01', template: '{year}/{month}', parts: { month: { name: true } } },
    { from: '2000-01-01', to: '2020-01-01', template: '{year}', offset: { hours: 4 } },
    { from: null, to: '2000-01-01', template: '{year}s', parts: { year: { stride: 10 } } },
  ],
};

function at(text: string): number {
  return clock(text)!;
}

function tag(template: string, moment: string, more: Partial<Band> = {}, hemisphere: 'north' | 'south' = 'north'): string | null {
  return sort({ root: '/R', hemisphere, bands: [{ template, ...more }] }, at(moment))?.name ?? null;
}

describe('a calendar', () => {
  test.each([
    [null, 'Undated'],
    ['1969-07-20T20:17:40', '1960s'],
    ['1999-12-31T23:59:59.999999', '1990s'],
    ['0999-06-01', '0990s'],
    ['2000-01-01T04:00:00', '2000'],
    ['2010-01-01T03:59:59', '2009'],
    ['2010-01-01T04:00:00', '2010'],
    ['2015-01-01T00:00:00', '2015/January'],
    ['2015-07-31T23:59:59.999999', '2015/July'],
    ['2015-08-01T00:00:00', 'School year 15-16'],
    ['2016-08-01T00:00:00', '2016'],
    ['2020-01-01T00:00:00', 'Winter 2020'],
    ['2020-08-31T23:59:59', 'Summer 2020'],
    ['2020-12-01T00:00:00', 'Winter 2021'],
    ['2021-02-28T23:59:59', 'Winter 2021'],
  ])('sorts %s into %s', (moment, name) => {
    expect(sort(EXAMPLE, moment === null ? null : at(moment))?.name).toBe(name);
  });

  test('leaves alone what no band covers, unless it is caught', () => {
    expect(sort(EXAMPLE, at('2000-01-01T03:00'))).toBeNull();
    expect(sort({ ...EXAMPLE, catch_all: { name: 'Rest/Other', unmatched: true } }, at('2000-01-01T03:00'))).toEqual({ band: null, name: 'Rest/Other' });
  });

  test.each<[string, string, Style, string]>([
    ['{year}', '0033-04-03', { pad: 0 }, '33'],
    ['{year}', '2007-01-02', { short: true, stride: 10, bound: 'range' }, '00-09'],
    ['{year}', '2007-01-02', { stride: 10, bound: 'end' }, '2009'],
    ['{year}', '2007-01-02', { bound: 'range' }, '2007'],
    ['{quarter}', '2024-12-30', { stride: 2 }, '3'],
    ['{month}', '2024-03-30', { short: true, case: 'upper' }, 'MAR'],
    ['{month}', '2024-03-30', { stride: 3, bound: 'range', name: true }, 'January-March'],
    ['{month}', '2024-12-30', { stride: 5, bound: 'range' }, '11-12'],
    ['{day}', '2024-12-31', { stride: 10, bound: 'range' }, '31'],
    ['{weekday}', '2024-12-29', { name: false }, '7'],
    ['{weekday}', '2024-12-29', { short: true, case: 'lower' }, 'sun'],
    ['{daypart}', '2024-12-29T05:59:59', {}, 'Night'],
    ['{season}', '2024-11-29', { name: false }, '4'],
  ])('writes %s of %s as %o', (template, moment, style, name) => {
    expect(tag(template, moment, { parts: { [template.slice(1, -1)]: style } })).toBe(name);
  });

  test('counts weeks and seasons as calendars do', () => {
    expect(tag('{iso_year}-W{week}', '2021-01-03')).toBe('2020-W53');
    expect(tag('{iso_year}-W{week}', '2024-12-30')).toBe('2025-W01');
    expect(tag('{year}/{season}/{month}', '2024-12-29')).toBe('2025/Winter/12');
    expect(tag('{season} {year}', '9999-12-31')).toBe('Winter 10000');
    expect(tag('{season} {year}', '2020-12-01', {}, 'south')).toBe('Summer 2021');
  });

  test.each<[string, Offset, string | null]>([
    ['2020-06-02T03:59:59', { hours: 4 }, '2020-06-01'],
    ['2020-06-02T03:00:00', { hours: 2, minutes: 30 }, '2020-06-02'],
    ['2020-06-01T20:00:00', { hours: -4 }, '2020-06-02'],
    ['2020-08-31T12:00:00', { months: 8 }, '2019-12-31'],
    ['2020-10-31T12:00:00', { months: 8 }, '2020-02-29'],
    ['2020-03-31T12:00:00', { months: 1, days: 1 }, '2020-02-28'],
    ['0001-01-01T03:00:00', { hours: 4 }, null],
    ['9999-12-31T23:00:00', { hours: -4 }, null],
  ])('puts the clock at %s back by %o', (moment, offset, expected) => {
    expect(tag('{year}-{month}-{day}', moment, { offset })).toBe(expected);
  });

  test('draws a year without gaps, and says of each day what the day gets', () => {
    const style = fc.record<Style>({ stride: fc.constant(1), pad: fc.integer({ min: 0, max: 5 }), bound: fc.constantFrom('start', 'end', 'range') });
    const band = fc.record({
      template: fc.array(fc.constantFrom(...PART_NAMES.map((name) => `{${name}}`), 'a'), { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(' ')),
      from: fc.constantFrom(null, '2019-03-05', '2020-02-29T12:00'),
      to: fc.constantFrom(null, '2020-07-01', '2021-01-01'),
      parts: fc.dictionary(fc.constantFrom(...PART_NAMES), style),
      offset: fc.record({ hours: fc.integer({ min: 0, max: 50 }), months: fc.integer({ min: 0, max: 30 }) }),
    });
    fc.assert(
      fc.property(fc.array(band, { maxLength: 4 }), fc.integer({ min: 1990, max: 2030 }), (bands, year) => {
        const calendar: Calendar = { root: '/C', bands };
        const found = stretches(calendar, year);
        expect(found[0]!.from).toBe(0);
        found.slice(1).forEach((stretch, index) => expect(stretch.from).toBe(found[index]!.to));
        expect([365, 366]).toContain(found.at(-1)!.to);
        for (const { from, sorted } of found) expect(sort(calendar, Date.UTC(year, 0, 1 + from, 12))).toEqual(sorted);
      }),
    );
  });

  test('school years begin in September', () => {
    expect(sort(STARTS.schoolYears(), at('2020-08-31T12:00'))?.name).toBe('School year 2019');
    expect(sort(STARTS.schoolYears(), at('2020-09-01T12:00'))?.name).toBe('School year 2020');
  });
});
