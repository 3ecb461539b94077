/** Which tag a capture time gets from a calendar's bands: the same rules as the server's, to draw a year while it is edited. */

export const PART_NAMES = ['year', 'iso_year', 'quarter', 'season', 'month', 'week', 'day', 'weekday', 'daypart'] as const;
export type PartName = (typeof PART_NAMES)[number];
export type Case = 'lower' | 'upper' | 'title';
export type Bound = 'start' | 'end' | 'range';
export type Hemisphere = 'north' | 'south';

export interface Style {
  readonly stride?: number | null;
  readonly name?: boolean | null;
  readonly short?: boolean | null;
  readonly pad?: number | null;
  readonly case?: Case | null;
  readonly bound?: Bound | null;
}

export interface Offset {
  readonly months?: number;
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
}

export interface Band {
  readonly from?: string | null;
  readonly to?: string | null;
  readonly template: string;
  readonly parts?: Readonly<Partial<Record<PartName, Style>>> | null;
  readonly offset?: Offset | null;
}

export interface CatchAll {
  readonly name: string;
  readonly undated?: boolean;
  readonly unmatched?: boolean;
}

export interface Calendar {
  readonly root: string;
  readonly hemisphere?: Hemisphere | null;
  readonly catch_all?: CatchAll | null;
  readonly bands: readonly Band[];
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Whole numbers from `origin` to `last` (null: years, without end), written with so many digits or by names. */
export interface Part {
  readonly origin: number;
  readonly last: number | null;
  readonly digits: number;
  readonly names: readonly string[];
  /** Names are written unless numbers are asked for. */
  readonly named: boolean;
  readonly short: boolean;
  readonly longestStride: number;
}

function part(origin: number, last: number | null, longestStride: number, more: Partial<Part> = {}): Part {
  return { origin, last, longestStride, digits: 1, names: [], named: false, short: false, ...more };
}

export const PARTS: Readonly<Record<PartName, Part>> = {
  year: part(0, null, 1000, { digits: 4, short: true }),
  iso_year: part(0, null, 1000, { digits: 4, short: true }),
  quarter: part(1, 4, 4),
  season: part(1, 4, 1, { names: ['Winter', 'Spring', 'Summer', 'Autumn'], named: true }),
  month: part(1, 12, 12, { digits: 2, names: MONTHS, short: true }),
  week: part(1, 53, 53, { digits: 2 }),
  day: part(1, 31, 31, { digits: 2 }),
  weekday: part(1, 7, 1, { names: WEEKDAYS, named: true, short: true }),
  daypart: part(1, 4, 1, { names: ['Night', 'Morning', 'Afternoon', 'Evening'], named: true }),
};

/** A value as the style has it: `2004`, `04`, `2000-2009`, `January`, `jan`. */
export function writePart(name: PartName, style: Style, value: number): string {
  const { origin, last } = PARTS[name];
  const stride = style.stride ?? 1;
  const start = origin + Math.floor((value - origin) / stride) * stride;
  const end = last === null ? start + stride - 1 : Math.min(start + stride - 1, last);
  if (style.bound === 'end') return one(PARTS[name], style, end);
  if (style.bound === 'range' && start !== end) return `${one(PARTS[name], style, start)}-${one(PARTS[name], style, end)}`;
  return one(PARTS[name], style, start);
}

function one(found: Part, style: Style, value: number): string {
  if (found.last === null && style.short) return String(value % 100).padStart(2, '0');
  const byName = style.name ?? (found.named || (!!style.short && found.short));
  if (found.names.length === 0 || !byName) return String(value).padStart(style.pad ?? found.digits, '0');
  const whole = found.names[value - found.origin]!;
  const name = style.short ? whole.slice(0, 3) : whole;
  if (style.case === 'lower') return name.toLowerCase();
  return style.case === 'upper' ? name.toUpperCase() : name;
}

/** A wall clock as milliseconds since 1970, as if it were UTC; null for what is none. */
export function clock(text: string): number | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((piece) => Number(piece ?? 0)) as [number, number, number, number, number, number];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59) return null;
  return utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + Number(`0.${found[7] ?? 0}`) * 1000;
}

/** Midnight of a day; years below a hundred are meant as they are. */
export function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

function daysOf(year: number, month: number): number {
  return new Date(utc(year, month + 1, 1) - 1).getUTCDate();
}

const FIRST = utc(1, 1, 1);
const BEHIND = utc(10_000, 1, 1);

/** A clock put back by an offset, months first, to the same day or the month's last one; null outside the years 1 to 9999. */
export function putBack(at: number, offset: Offset): number | null {
  const date = new Date(Math.floor(at));
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() - (offset.months ?? 0);
  const year = Math.floor(months / 12);
  if (year < 1 || year > 9999) return null;
  const month = (((months % 12) + 12) % 12) + 1;
  const day = Math.min(date.getUTCDate(), daysOf(year, month));
  const midnight = Math.floor(at / 86_400_000) * 86_400_000;
  const minutes = ((offset.days ?? 0) * 24 + (offset.hours ?? 0)) * 60 + (offset.minutes ?? 0);
  const moved = utc(year, month, day) + (at - midnight) - minutes * 60_000;
  return moved >= FIRST && moved < BEHIND ? moved : null;
}

/** Year and week as ISO 8601 counts them: a week is of the year of its Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const midnight = Math.floor(date.getTime() / 86_400_000) * 86_400_000;
  const thursday = new Date(midnight + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - utc(year, 1, 1)) / (7 * 86_400_000)) + 1 };
}

/** The number of a part of a date. `seasonal`: a December counts to the year of the January behind it. */
function valueOf(name: PartName, date: Date, hemisphere: Hemisphere, seasonal: boolean): number {
  const month = date.getUTCMonth() + 1;
  switch (name) {
    case 'year':
      return date.getUTCFullYear() + (seasonal && month === 12 ? 1 : 0);
    case 'iso_year':
      return isoWeek(date).year;
    case 'quarter':
      return Math.ceil(month / 3);
    case 'season':
      return Math.floor(((month + (hemisphere === 'south' ? 6 : 0)) % 12) / 3) + 1;
    case 'month':
      return month;
    case 'week':
      return isoWeek(date).week;
    case 'day':
      return date.getUTCDate();
    case 'weekday':
      return date.getUTCDay() || 7;
    case 'daypart':
      return Math.floor(date.getUTCHours() / 6) + 1;
  }
}

/** The names of a template's placeholders, known ones alone. */
export function placeholders(template: string): PartName[] {
  return [...template.matchAll(/\{([a-z_]*)\}/g)].map(([, name]) => name as PartName).filter((name) => name in PARTS);
}

/** What a band makes of a moment that it covers: levels joined by `/`. */
function named(band: Band, moment: number, hemisphere: Hemisphere): string {
  const date = new Date(Math.floor(moment));
  const seasonal = placeholders(band.template).includes('season');
  return band.template.replace(/\{([a-z_]*)\}/g, (text, name: PartName) =>
    name in PARTS ? writePart(name, band.parts?.[name] ?? {}, valueOf(name, date, hemisphere, seasonal)) : text,
  );
}

export interface Sorted {
  /** The number of the band; null for what is caught by the catch-all. */
  readonly band: number | null;
  /** The levels below the root, joined by `/`. */
  readonly name: string;
}

/** Where a capture time goes (null: unknown); null where there is to be no tag. The first band that covers it decides. */
export function sort(calendar: Calendar, at: number | null): Sorted | null {
  const caught = calendar.catch_all;
  if (at === null) return caught?.undated ? { band: null, name: caught.name } : null;
  const found = calendar.bands.findIndex((band) => {
    const moment = putBack(at, band.offset ?? {});
    return moment !== null && covers(band, moment);
  });
  const band = calendar.bands[found];
  if (!band) return caught?.unmatched ? { band: null, name: caught.name } : null;
  return { band: found, name: named(band, putBack(at, band.offset ?? {})!, calendar.hemisphere ?? 'north') };
}

function covers(band: Band, moment: number): boolean {
  const from = band.from ? clock(band.from) : -Infinity;
  const to = band.to ? clock(band.to) : Infinity;
  // A bound that is half typed covers nothing.
  return from !== null && to !== null && from <= moment && moment < to;
}

export interface Stretch {
  /** Days of the year, from 0; `to` is the first behind it. */
  readonly from: number;
  readonly to: number;
  readonly sorted: Sorted | null;
}

/** A year's days at noon, joined where they get the same tag of the same band. */
export function stretches(calendar: Calendar, year: number): Stretch[] {
  const start = utc(year, 1, 1);
  const days = Math.round((utc(year + 1, 1, 1) - start) / 86_400_000);
  const found: { from: number; to: number; sorted: Sorted | null }[] = [];
  for (let day = 0; day < days; day += 1) {
    const sorted = sort(calendar, start + day * 86_400_000 + 43_200_000);
    const before = found.at(-1);
    if (before && before.sorted?.band === sorted?.band && before.sorted?.name === sorted?.name) before.to = day + 1;
    else found.push({ from: day, to: day + 1, sorted });
  }
  return found;
}

/** Calendars to start from. */
export const STARTS = {
  months: (): Calendar => ({
    root: '/Calendar',
    hemisphere: 'north',
    catch_all: { name: 'Undated', undated: true },
    bands: [{ from: null, to: null, template: '{year}/{month}', parts: { month: { name: true } } }],
  }),
  seasons: (): Calendar => ({
    root: '/Seasons',
    hemisphere: 'north',
    catch_all: null,
    bands: [{ from: null, to: null, template: '{year}/{season}' }],
  }),
  schoolYears: (): Calendar => ({
    root: '/School',
    hemisphere: 'north',
    catch_all: null,
    // Eight months back, a year from September to August lies within one year of the calendar.
    bands: [{ from: null, to: null, template: 'School year {year}', offset: { months: 8 } }],
  }),
} as const;
