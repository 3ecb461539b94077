/** What a fault means for a file, or for all of them. */
import { Problem, Unreachable } from '../api/problem';
import { Unreadable } from './hasher';
import type { Outcome, Reason } from './items';
import { Refused } from './sending';

/** Why nothing goes on at this moment. */
export type Hold = 'paused' | 'unreachable' | 'signedOut' | 'busy';

/** Ended by a person, not by a fault. */
export const STOPPED = new DOMException('Stopped', 'AbortError');

export interface Wait {
  readonly why: Hold;
  /** As the server wishes; null: it did not say. */
  readonly seconds: number | null;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Reason | null;
  readonly detail: string | null;
}

/** A fault that is nobody's file's: all wait. */
export function waitFor(error: unknown): Wait | null {
  if (error instanceof Unreachable) return { why: 'unreachable', seconds: null };
  if (!(error instanceof Problem)) return null;
  if ([502, 503, 504, 507].includes(error.status)) return { why: 'unreachable', seconds: null };
  if (error.status === 429) return { why: 'busy', seconds: error.retryAfter };
  return error.status === 401 ? { why: 'signedOut', seconds: null } : null;
}

/** What becomes of a file that the server does not take. */
export function refusal(error: Problem): Verdict {
  if (error.code === 'quota_exceeded') return { outcome: 'refused', reason: 'overQuota', detail: null };
  const isTooLarge = error.status === 413 || error.errors.some(({ path }) => path.endsWith('.size'));
  if (isTooLarge) return { outcome: 'refused', reason: 'tooLarge', detail: null };
  return { outcome: 'failed', reason: null, detail: error.errors[0]?.detail ?? error.message };
}

/** What becomes of a file after this fault, for good; null: it is worth trying again, unless this was the `last` time. */
export function verdict(error: unknown, isLast: boolean): Verdict | null {
  const isGone = error instanceof Unreadable || (error instanceof DOMException && error.name !== 'AbortError');
  if (isGone) return { outcome: 'failed', reason: 'gone', detail: null };
  if (error instanceof Problem && [403, 413, 422].includes(error.status) && error.code !== 'hash_mismatch') return refusal(error);
  if (error instanceof Refused && error.status === 413) return { outcome: 'refused', reason: 'tooLarge', detail: null };
  return isLast ? { outcome: 'failed', reason: null, detail: error instanceof Error ? error.message : String(error) } : null;
}

/** Which of the files announced together are at fault, by their places; null: the server did not say. */
export function faulty(error: Problem): ReadonlySet<number> | null {
  const places = new Set(error.errors.map(({ path }) => Number(/^files\.(\d+)\./.exec(path)?.[1] ?? -1)));
  return places.size > 0 && !places.has(-1) ? places : null;
}
