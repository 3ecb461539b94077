/** Questions that ask for less than one that was too much at once. */
import { Problem } from '../api/problem';
import { joined, pieces } from './reading';

export interface Narrower {
  readonly kind: 'year' | 'rating' | 'tagged';
  /** The year that is meant; 0 where none is. */
  readonly year: number;
  /** The whole query with it. */
  readonly query: string;
}

/** Conditions by which a query is about a time already. */
const TIMES = ['date', 'year', 'month', 'before', 'after', 'timeline', 'season'];

/** Whether an answer took the server too long. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof Problem && error.code === 'too_slow';
}

/** What could be asked instead: a year of two, the best, those with a tag; never what is asked for already. */
export function narrowers(query: string, now: Date): Narrower[] {
  const names = new Set(pieces(query).map(({ name }) => name));
  const found: Narrower[] = [];
  const add = (kind: Narrower['kind'], condition: string, year = 0): void => void found.push({ kind, year, query: joined(query, condition) });
  if (!TIMES.some((name) => names.has(name))) for (const year of [now.getFullYear(), now.getFullYear() - 1]) add('year', `year:${year}`, year);
  if (!names.has('rating')) add('rating', 'rating:>=4');
  if (!names.has('tag') && !names.has('has')) add('tagged', 'has:tags');
  return found;
}
