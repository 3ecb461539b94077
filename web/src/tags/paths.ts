/** Paths of tags as people write them, and what the server will say of them, without asking. */

export const MOST_SEGMENTS = 16;
export const LONGEST_NAME = 100;
/** Kept by the server for received pictures; nobody writes below it. */
const RESERVED = 'sharedtome';

/** `Photos / Travel`, `/Photos/Travel/` and the like as a path: `/Photos/Travel`; empty for nothing. */
export function tidied(text: string): string {
  const parts = text
    .normalize('NFC')
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 ? '' : `/${parts.join('/')}`;
}

export function segments(path: string): string[] {
  return path === '' ? [] : path.slice(1).split('/');
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path above; null for a root. */
export function parentOf(path: string): string | null {
  const at = path.lastIndexOf('/');
  return at <= 0 ? null : path.slice(0, at);
}

/** The path of a child; the parent null: a root. */
export function childOf(parent: string | null, name: string): string {
  return `${parent ?? ''}/${name}`;
}

/** Equal for paths that name the same tag, whatever the case. */
export function keyOf(path: string): string {
  return path.normalize('NFD').toLowerCase().normalize('NFC');
}

/** Whether a path lies below another, or is it. */
export function isWithin(path: string, above: string): boolean {
  const [inner, outer] = [keyOf(path), keyOf(above)];
  return inner === outer || inner.startsWith(`${outer}/`);
}

export function isReserved(path: string): boolean {
  return keyOf(segments(path)[0] ?? '') === RESERVED;
}

export type PathFault = 'empty' | 'long' | 'deep' | 'reserved' | 'control';

/** What is wrong with a tidied path; null: nothing that can be told from here. */
export function faultOf(path: string): PathFault | null {
  const parts = segments(path);
  if (parts.length === 0) return 'empty';
  if (parts.length > MOST_SEGMENTS) return 'deep';
  if (parts.some((part) => [...part].length > LONGEST_NAME)) return 'long';
  if (parts.some((part) => /\p{Cc}/u.test(part))) return 'control';
  return isReserved(path) ? 'reserved' : null;
}

/** Where the pictures of a tag are shown. */
export function addressOf(path: string): string {
  return `/tags${segments(path)
    .map((part) => `/${encodeURIComponent(part)}`)
    .join('')}`;
}
