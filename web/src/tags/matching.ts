/** Which tags somebody means who has written a few letters. */
import { nameOf, segments } from './paths';

interface Named {
  readonly path: string;
  readonly total: number;
}

/** Without case and accents: `etes` finds `Étés`. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

/**
 * The tags that have all words somewhere in their path, at most `most`: first those whose own name begins with what was
 * written, then those in whose name it begins a word, then the rest; among equals those of more pictures.
 */
export function matching<T extends Named>(items: readonly T[], typed: string, most: number): T[] {
  const wanted = plain(typed).split(/[\s/]+/).filter((word) => word !== '');
  if (wanted.length === 0) return [...items].sort((one, other) => other.total - one.total || order(one, other)).slice(0, most);
  const found: { item: T; rank: number }[] = [];
  for (const item of items) {
    const rank = rankOf(item.path, wanted);
    if (rank !== null) found.push({ item, rank });
  }
  found.sort((one, other) => one.rank - other.rank || other.item.total - one.item.total || order(one.item, other.item));
  return found.slice(0, most).map(({ item }) => item);
}

/** How well a path fits, the lower the better; null: it does not. */
function rankOf(path: string, wanted: readonly string[]): number | null {
  const whole = plain(path);
  if (!wanted.every((word) => whole.includes(word))) return null;
  const name = plain(nameOf(path));
  const last = wanted.at(-1)!;
  const depth = segments(path).length / 100;
  if (name === last) return depth;
  if (name.startsWith(last)) return 1 + depth;
  if (new RegExp(`[^\\p{L}\\p{N}]${escaped(last)}`, 'u').test(name)) return 2 + depth;
  return (name.includes(last) ? 3 : 4) + depth;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}

function order(one: Named, other: Named): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
