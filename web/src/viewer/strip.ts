/** The stretch of neighbours that is known while somebody walks along it. */
import type { Neighbour } from '../timeline/neighbours';

export interface Strip {
  readonly all: readonly Neighbour[];
  /** Whether nothing comes before the first, after the last. */
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

export const NOBODY: Strip = { all: [], fromStart: false, toEnd: false };
/** So many on either side are asked for. */
export const REACH = 16;
/** Nearer to an end than this, more are asked for. */
const NEAR = 6;

export function stripOf(answer: { readonly before: readonly Neighbour[]; readonly here: Neighbour | null; readonly after: readonly Neighbour[] }): Strip {
  return {
    all: [...answer.before, ...(answer.here ? [answer.here] : []), ...answer.after],
    fromStart: answer.before.length < REACH,
    toEnd: answer.after.length < REACH,
  };
}

export function placeOf(strip: Strip, id: string): number {
  return strip.all.findIndex((one) => one.id === id);
}

/** Whether it is time to ask for what is around `id`. */
export function isShort(strip: Strip, id: string): boolean {
  const at = placeOf(strip, id);
  if (at < 0) return true;
  return (at < NEAR && !strip.fromStart) || (strip.all.length - 1 - at < NEAR && !strip.toEnd);
}

/** Who comes `by` places after `id` (before, where it is negative); null: nobody that is known. */
export function besides(strip: Strip, id: string, by: number): Neighbour | null {
  const at = placeOf(strip, id);
  return at < 0 ? null : (strip.all[at + by] ?? null);
}

/** Where to go when `id` is taken away: forward, or back at the end; null: nobody is left. */
export function heir(strip: Strip, id: string): Neighbour | null {
  return besides(strip, id, 1) ?? besides(strip, id, -1);
}

export function without(strip: Strip, id: string): Strip {
  return { ...strip, all: strip.all.filter((one) => one.id !== id) };
}

/** The address of a thumbnail in one size; null where there is none. */
export function sized(thumbnail: string | null, size: 'small' | 'medium' | 'large'): string | null {
  if (thumbnail === null) return null;
  if (thumbnail.includes('{size}')) return thumbnail.replace('{size}', size);
  // An owner's server has no pattern: what it gives is the small one.
  return size === 'small' ? thumbnail : null;
}
