/** Numbers as bars: what is drawn, and where. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** A query for the pictures that it stands for. */
  readonly query?: string;
}

/** Round numbers from nothing to the greatest value or a little above it, for lines across a chart: at most five. */
export function scaleOf(most: number): number[] {
  if (most <= 0) return [0, 1];
  const raw = most / 4;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const round = [1, 2, 2.5, 5, 10].map((one) => one * magnitude).find((one) => one >= raw && (one < 1 || Number.isInteger(one)));
  const step = Math.max(1, round ?? 10 * magnitude);
  const lines = Math.ceil(most / step);
  return Array.from({ length: lines + 1 }, (_, index) => index * step);
}

/** Pictures of each year, without gaps: years of which there are none have a bar as well. */
export function byYear(days: readonly string[], counts: readonly number[]): Bar[] {
  const sums = summed(days, counts, 4);
  const years = [...sums.keys()].map(Number);
  if (years.length === 0) return [];
  const [first, last] = [Math.min(...years), Math.max(...years)];
  // Files with a clock that was never set: a gap of thousands of years is no chart.
  const all = last - first > 150 ? years.sort((one, other) => one - other) : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return all.map((year) => ({ label: String(year), value: sums.get(String(year).padStart(4, '0')) ?? 0, query: `timeline:${String(year).padStart(4, '0')}` }));
}

/** Pictures of each month of the year, of all years together or of one. */
export function byMonth(days: readonly string[], counts: readonly number[], names: readonly string[], year: string | null): Bar[] {
  const sums = new Map<number, number>();
  days.forEach((day, index) => {
    const month = Number(day.slice(5, 7));
    if (year === null || day.startsWith(year)) sums.set(month, (sums.get(month) ?? 0) + counts[index]!);
  });
  return names.map((label, index) => {
    const month = index + 1;
    const query = year === null ? `month:${month}` : `timeline:${year}-${String(month).padStart(2, '0')}`;
    return { label, value: sums.get(month) ?? 0, query };
  });
}

function summed(days: readonly string[], counts: readonly number[], length: number): Map<string, number> {
  const sums = new Map<string, number>();
  days.forEach((day, index) => sums.set(day.slice(0, length), (sums.get(day.slice(0, length)) ?? 0) + counts[index]!));
  return sums;
}

/** The largest bars, and the others as one. */
export function largest(bars: readonly Bar[], most: number, others: string): Bar[] {
  const sorted = [...bars].filter(({ value }) => value > 0).sort((one, other) => other.value - one.value);
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1).reduce((sum, { value }) => sum + value, 0);
  return [...sorted.slice(0, most - 1), { label: others, value: rest }];
}

/** Which labels below a chart have room: every so many-th. */
export function everyNth(count: number, room: number): number {
  return Math.max(1, Math.ceil(count / Math.max(1, room)));
}
