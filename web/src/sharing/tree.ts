/** Holders of a share as a tree: who has it through whom, and what goes when somebody is cut out. */
import type { Schemas } from '../api/routes';

export type Holder = Schemas['HolderItem'];

export interface Branch {
  readonly holder: Holder;
  readonly below: readonly Branch[];
}

/** Each under whom they have it from; whose parent is not there stands at the root. Nobody is lost, and nobody is there twice. */
export function grown(holders: readonly Holder[]): Branch[] {
  const children = new Map<string, Holder[]>();
  const known = new Set(holders.map((one) => one.id));
  const roots: Holder[] = [];
  const seen = new Set<string>();
  for (const holder of holders) {
    if (seen.has(holder.id)) continue;
    seen.add(holder.id);
    if (holder.parent === null || holder.parent === holder.id || !known.has(holder.parent)) roots.push(holder);
    else children.set(holder.parent, [...(children.get(holder.parent) ?? []), holder]);
  }
  const done = new Set<string>();
  const branch = (holder: Holder): Branch => {
    done.add(holder.id);
    const below = (children.get(holder.id) ?? []).filter((one) => !done.has(one.id));
    return { holder, below: below.map(branch) };
  };
  const tree = roots.map(branch);
  // Those who hang on each other in a ring, which no server means to say.
  for (const holder of holders) if (!done.has(holder.id)) tree.push(branch(holder));
  return tree;
}

/** Everybody of a branch: the holder, then those below. */
export function everybody(branch: Branch): Holder[] {
  return [branch.holder, ...branch.below.flatMap(everybody)];
}

/** How many people there are, whatever they hold. */
export function countPeople(holders: readonly Holder[]): number {
  return new Set(holders.map((one) => one.actor)).size;
}

/** The first few by name, and how many more there are. */
export function named(holders: readonly Holder[], most: number): { names: string[]; more: number } {
  const all = [...new Map(holders.map((one) => [one.actor, one.name || one.actor])).values()];
  return { names: all.slice(0, most), more: Math.max(0, all.length - most) };
}
