/** Years, months and weeks with the number of pictures on each day. Days are texts: `2020-05-03`. */

export interface Day {
  /** Empty: before the first or behind the last day of the month. */
  readonly date: string;
  readonly number: number;
  readonly count: number;
  /** 0: none, up to 4: as many as on the fullest days. */
  readonly level: number;
}

export interface Month {
  /** `2020-05`. */
  readonly key: string;
  readonly count: number;
  readonly weeks: readonly (readonly Day[])[];
}

export type Counts = ReadonlyMap<string, number>;
const LEVELS = 4;
const NOTHING: Day = { date: '', number: 0, count: 0, level: 0 };

export function countsOf({ days, counts }: { readonly days: readonly string[]; readonly counts: readonly number[] }): Counts {
  return new Map(days.map((day, index) => [day, counts[index] ?? 0]));
}

/** The years with pictures, the latest first. */
export function yearsOf(counts: Counts): number[] {
  return [...new Set([...counts.keys()].map((day) => Number(day.slice(0, 4))))].sort((one, other) => other - one);
}

/** The months of a year, their weeks beginning on `first` (1: Monday, 7: Sunday). */
export function monthsOf(year: number, counts: Counts, first: number): Month[] {
  const most = mostIn(String(year).padStart(4, '0'), counts);
  return Array.from({ length: 12 }, (_, month) => monthOf(year, month + 1, counts, first, most));
}

function monthOf(year: number, month: number, counts: Counts, first: number, most: number): Month {
  const key = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
  const days: Day[] = Array.from({ length: lengthOf(year, month) }, (_, index) => {
    const date = `${key}-${String(index + 1).padStart(2, '0')}`;
    const count = counts.get(date) ?? 0;
    return { date, number: index + 1, count, level: levelOf(count, most) };
  });
  const before = (weekdayOf(year, month, 1) - first + 7) % 7;
  const all = [...Array<Day>(before).fill(NOTHING), ...days];
  while (all.length % 7 !== 0) all.push(NOTHING);
  const weeks = Array.from({ length: all.length / 7 }, (_, week) => all.slice(week * 7, week * 7 + 7));
  return { key, count: days.reduce((sum, day) => sum + day.count, 0), weeks };
}

function lengthOf(year: number, month: number): number {
  return at(year, month + 1, 0).getUTCDate();
}

/** 1: Monday, 7: Sunday. */
export function weekdayOf(year: number, month: number, day: number): number {
  return at(year, month, day).getUTCDay() || 7;
}

/** `Date.UTC` takes the first hundred years for others. */
function at(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

function mostIn(prefix: string, counts: Counts): number {
  return [...counts].reduce((most, [day, count]) => (day.startsWith(prefix) ? Math.max(most, count) : most), 0);
}

/** How full a day is, by magnitudes: one day of a thousand pictures does not make all others pale. */
export function levelOf(count: number, most: number): number {
  if (count === 0) return 0;
  return most <= 1 ? 1 : 1 + Math.floor((LEVELS - 1) * Math.min(1, Math.log(count) / Math.log(most)) + 1e-9);
}

/** Where a key leads among days of a year that have pictures, ascending: up and down by days, sideways by weeks, by months, to both ends. */
export function dayStep(days: readonly string[], key: string, now: number): number | null {
  const here = days[now];
  if (here === undefined) return null;
  const last = days.length - 1;
  const behind = (from: string) => {
    const found = days.findIndex((day) => day >= from);
    return found < 0 ? last : found;
  };
  const before = (until: string) => Math.max(0, days.findLastIndex((day) => day <= until));
  const month = days.findLast((day) => day.slice(0, 7) < here.slice(0, 7))?.slice(0, 7);
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, now + 1);
    case 'ArrowUp':
      return Math.max(0, now - 1);
    case 'ArrowRight':
      return behind(shifted(here, 7));
    case 'ArrowLeft':
      return before(shifted(here, -7));
    case 'PageDown':
      return behind(`${here.slice(0, 7)}-32`);
    case 'PageUp':
      return month === undefined ? 0 : behind(month);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

function shifted(day: string, days: number): string {
  const [year, month, number] = day.split('-').map(Number);
  const date = at(year!, month!, number! + days);
  return [String(date.getUTCFullYear()).padStart(4, '0'), date.getUTCMonth() + 1, date.getUTCDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** The same day in other years that has pictures, the latest first. */
export function onThisDay(counts: Counts, today: string): { readonly date: string; readonly count: number; readonly years: number }[] {
  return [...counts]
    .filter(([day]) => day.slice(4) === today.slice(4) && day < today)
    .map(([date, count]) => ({ date, count, years: Number(today.slice(0, 4)) - Number(date.slice(0, 4)) }))
    .sort((one, other) => one.years - other.years);
}

/** The day that it is for who looks. */
export function todayIn(now: Date): string {
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

interface WithWeeks extends Intl.Locale {
  getWeekInfo?(): { readonly firstDay: number };
  readonly weekInfo?: { readonly firstDay: number };
}

/** On which day weeks begin where somebody lives: 1 is Monday, 7 Sunday. */
export function firstDayOf(locale: string): number {
  try {
    const known = new Intl.Locale(locale) as WithWeeks;
    return (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
  } catch {
    return 1;
  }
}
