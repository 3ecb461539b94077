/** What stands along the scrubber: years where there is room, and the months to which arrows lead. */
import type { Bucket } from './timeline';

export interface Mark {
  readonly year: string;
  /** How far down, from 0 to 1. */
  readonly fraction: number;
}

/** Years with the place of their first picture in the order of the view; at most one in each `gap` of the height. */
export function yearMarks(buckets: readonly Bucket[], gap: number): Mark[] {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const marks: Mark[] = [];
  let sum = 0;
  let year = '';
  for (const bucket of buckets) {
    if (bucket.from.slice(0, 4) !== year) {
      year = bucket.from.slice(0, 4);
      const fraction = total === 0 ? 0 : sum / total;
      const last = marks.at(-1);
      if (!last || fraction - last.fraction >= gap) marks.push({ year, fraction });
    }
    sum += bucket.count;
  }
  return marks;
}

/** The months that have pictures, in the order of the view. */
export function monthsOf(buckets: readonly Bucket[]): string[] {
  return [...new Set(buckets.map(({ from }) => from.slice(0, 7)))];
}

/** The month so many months (of those with pictures) further on, or at the end where there are no more. */
export function monthBeside(months: readonly string[], month: string, by: number): string | null {
  const here = months.indexOf(month.slice(0, 7));
  return months[Math.max(0, Math.min(months.length - 1, here + by))] ?? null;
}

/** The first month of the year after, in the order of the view; or of the year before. */
export function yearBeside(months: readonly string[], month: string, by: 1 | -1): string | null {
  const years = [...new Set(months.map((one) => one.slice(0, 4)))];
  const year = years[Math.max(0, Math.min(years.length - 1, years.indexOf(month.slice(0, 4)) + by))];
  return months.find((one) => one.startsWith(`${year}-`)) ?? null;
}
