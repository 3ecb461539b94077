/** What a device wanted to delete or replace when the brake was pulled, from the notice of it. */

export interface Wanted {
  readonly count: number;
  /** Ids of some that were not touched. */
  readonly held: readonly string[];
  /** Ids of some that were, before. */
  readonly done: readonly string[];
}

const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export function wantedOf(data: Readonly<Record<string, unknown>>): Wanted {
  return { count: Math.max(0, Math.trunc(Number(data.pictures)) || 0), held: ids(data.held), done: ids(data.done) };
}

function ids(value: unknown): string[] {
  return typeof value === 'string' ? value.split(' ').filter((one) => ID.test(one)) : [];
}

/** So many to look at, those that can still be kept first; at least one of each kind, where there is one. */
export function examples({ held, done }: Wanted, most: number): { readonly held: readonly string[]; readonly done: readonly string[] } {
  const first = held.slice(0, Math.max(most - done.length, Math.ceil(most / 2)));
  return { held: first, done: done.slice(0, most - first.length) };
}
