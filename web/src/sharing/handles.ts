/** Handles as people write them, and what of them can be said before anybody is asked. */

/** The parts of a handle: `@bob@example.org`, `@bob:example.org`, `acct:bob@example.org`, `bob`. Host is '' for somebody of this server. */
export interface Parts {
  readonly name: string;
  readonly host: string;
}

/** Null for what is no handle (yet): an empty name, a host without its end. */
export function parts(written: string): Parts | null {
  const text = written.trim().replace(/^acct:/i, '').replace(/^@/, '');
  const found = /^([^@:/\s]+)(?:[@:]([^@/\s]*))?$/u.exec(text);
  if (!found) return null;
  return { name: found[1]!, host: (found[2] ?? '').toLowerCase() };
}

/**
 * Whether asking for it makes sense while somebody still types: a name alone (`bob`), a host that may be whole, or the address
 * of a profile. `bob@exam` is no host yet, and nobody is asked in vain.
 */
export function isAskable(written: string): boolean {
  const text = written.trim();
  if (/^https?:\/\/[^/\s]+\/\S+$/i.test(text)) return true;
  const found = parts(text);
  if (!found) return false;
  if (!/[@:]/.test(text.replace(/^acct:/i, '').replace(/^@/, ''))) return found.name.length > 1;
  return /^[^.:]+(\.[^.:]+)+(:\d+)?$/.test(found.host) ? /\.[^.\d:]{2,}(:\d+)?$/.test(found.host) : /^localhost(:\d+)?$/.test(found.host);
}

/** What somebody is called: a handle that lacks its sign, or the id of an account where it tells its name; all else as it is. */
export function handleOf(known: string): string {
  const found = /^https?:\/\/([^/]+)\/(?:users\/|@)([^/]+)$/.exec(known);
  if (found) return `@${found[2]!}@${found[1]!}`;
  return /^[^@/\s]+@[^@/\s]+$/.test(known) ? `@${known}` : known;
}

/** One letter or two that stand for somebody: of their name, else of their handle. */
export function initials(name: string, handle: string): string {
  const words = (name.trim() || handle.replace(/^@/, '')).split(/[\s._-]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words.slice(0, 1);
  return letters.map((word) => [...word][0]!.toUpperCase()).join('');
}

/** A hue between 0 and 359 that stays with a handle. */
export function hue(handle: string): number {
  let sum = 0;
  for (const sign of handle.toLowerCase()) sum = (sum * 31 + sign.codePointAt(0)!) % 3600;
  return sum % 360;
}

/** The host of a handle, for whoever wants to know on which server somebody is; '' where it names none. */
export function hostOf(handle: string): string {
  return parts(handle)?.host ?? '';
}
