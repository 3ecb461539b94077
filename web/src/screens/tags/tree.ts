/** The tree of tags as rows below each other: which are seen, how keys walk through them, and where a drag would put one. */
import { plain } from '../../tags/matching';
import { keyOf } from '../../tags/paths';
import type { TagItem } from '../../tags/tags';

type Node = Pick<TagItem, 'id' | 'path' | 'name' | 'parent'>;

export interface Row<T extends Node = TagItem> {
  readonly item: T;
  /** 1 for a root. */
  readonly level: number;
  readonly isParent: boolean;
  readonly isOpen: boolean;
  /** Which of its siblings it is, from 1, and how many there are. */
  readonly at: number;
  readonly of: number;
}

/**
 * The rows that are seen: `items` stand each behind its parent. Without a filter the descendants of what is not `open`
 * are left out; with one only what it holds is there, and all of it is open.
 */
export function rowsOf<T extends Node>(items: readonly T[], open: ReadonlySet<number>, shown: ReadonlySet<number> | null = null): Row<T>[] {
  const kept = shown === null ? items : items.filter(({ id }) => shown.has(id));
  const sizes = new Map<string, number>();
  for (const { parent } of kept) sizes.set(parent ?? '', (sizes.get(parent ?? '') ?? 0) + 1);
  const counted = new Map<string, number>();
  const levels = new Map<string, number>();
  const rows: Row<T>[] = [];
  let closed: string | null = null;
  for (const item of kept) {
    const level = item.parent === null ? 1 : (levels.get(item.parent) ?? 0) + 1;
    levels.set(item.path, level);
    if (closed !== null && item.path.startsWith(closed)) continue;
    closed = null;
    const parent = item.parent ?? '';
    const at = (counted.get(parent) ?? 0) + 1;
    counted.set(parent, at);
    const isParent = sizes.has(item.path);
    const isOpen = isParent && (shown !== null || open.has(item.id));
    rows.push({ item, level, isParent, isOpen, at, of: sizes.get(parent) ?? at });
    if (isParent && !isOpen) closed = `${item.path}/`;
  }
  return rows;
}

/** The tags whose name holds what was typed, with all above them; null where nothing was typed. */
export function found<T extends Node>(items: readonly T[], typed: string): Set<number> | null {
  const words = plain(typed).split(/[\s/]+/).filter(Boolean);
  if (words.length === 0) return null;
  const ids = new Map(items.map((item) => [item.path, item]));
  const kept = new Set<number>();
  for (const item of items) {
    const whole = plain(item.path);
    const name = plain(item.name);
    if (!name.includes(words.at(-1)!) || !words.every((word) => whole.includes(word))) continue;
    for (let one: T | undefined = item; one && !kept.has(one.id); one = one.parent === null ? undefined : ids.get(one.parent)) kept.add(one.id);
  }
  return kept;
}

/** Where a key leads from a row: another row, or what happens to this one; null: nowhere. */
export type Step = { readonly to: number } | { readonly open: boolean } | null;

export function stepOf(key: string, rows: readonly Row<Node>[], at: number, page: number): Step {
  const last = rows.length - 1;
  const row = rows[at];
  if (last < 0) return null;
  if (!row) return { to: key === 'End' || key === 'ArrowUp' ? last : 0 };
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(last, at + 1) };
    case 'ArrowUp':
      return { to: Math.max(0, at - 1) };
    case 'PageDown':
      return { to: Math.min(last, at + page) };
    case 'PageUp':
      return { to: Math.max(0, at - page) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: last };
    case 'ArrowRight':
      if (!row.isParent) return null;
      return row.isOpen ? { to: at + 1 } : { open: true };
    case 'ArrowLeft':
      if (row.isOpen) return { open: false };
      return above(rows, at);
    default:
      return null;
  }
}

function above(rows: readonly Row<Node>[], at: number): Step {
  const parent = rows.findLastIndex((row, index) => index < at && row.level < rows[at]!.level);
  return parent < 0 ? null : { to: parent };
}

/** The next row whose name begins with what was typed, from `at` on, round the end; one letter again and again walks on. */
export function typedTo(rows: readonly Row<Node>[], at: number, typed: string): number | null {
  const wanted = plain(typed);
  const isOne = [...wanted].every((letter) => letter === wanted[0]);
  const start = isOne ? at + 1 : Math.max(0, at);
  const beginning = isOne ? wanted[0]! : wanted;
  for (let step = 0; step < rows.length; step++) {
    const index = (start + step + rows.length) % rows.length;
    if (plain(rows[index]!.item.name).startsWith(beginning)) return index;
  }
  return null;
}

export type Where = 'before' | 'into' | 'after';

/** Which part of a row of such a height a pointer is over. */
export function whereIn(offset: number, height: number): Where {
  if (offset < height / 4) return 'before';
  return offset > (height * 3) / 4 ? 'after' : 'into';
}

/** The names of siblings with `moved` before or after `target`; `moved` need not be among them yet. */
export function reordered(names: readonly string[], moved: string, target: string, where: 'before' | 'after'): string[] {
  const others = names.filter((name) => keyOf(name) !== keyOf(moved));
  const at = others.findIndex((name) => keyOf(name) === keyOf(target));
  if (at < 0) return [...others, moved];
  others.splice(where === 'before' ? at : at + 1, 0, moved);
  return others;
}

/** The names of siblings with one a place up or down; null where it stands at that end already. */
export function nudged(names: readonly string[], name: string, by: -1 | 1): string[] | null {
  const at = names.indexOf(name);
  const to = at + by;
  if (at < 0 || to < 0 || to >= names.length) return null;
  const moved = [...names];
  moved.splice(at, 1);
  moved.splice(to, 0, name);
  return moved;
}
