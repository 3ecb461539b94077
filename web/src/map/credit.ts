/** The line that says whose the tiles of a map are: an address in it is the link of the words before it. */

export interface CreditPart {
  readonly text: string;
  /** Null for words alone. */
  readonly href: string | null;
}

const LINKED = /([^]*?)[\s(]*(https?:\/\/[^\s<>"]*[^\s<>".,;:)])/g;
/** What stands between two links. */
const BETWEEN = /^[\s,;.|·)–—-]+/;

export function creditParts(line: string): CreditPart[] {
  const parts: CreditPart[] = [];
  let end = 0;
  for (const { 0: whole, 1: words, 2: href, index } of line.matchAll(LINKED)) {
    const between = BETWEEN.exec(words!)?.[0] ?? '';
    if (between) parts.push({ text: between, href: null });
    parts.push({ text: words!.slice(between.length) || new URL(href!).host, href: href! });
    end = index + whole.length;
  }
  if (end < line.length) parts.push({ text: line.slice(end), href: null });
  return parts;
}

/** The host of a template of addresses; null where it is that of the page. */
export function hostOf(template: string): string | null {
  return template.startsWith('/') ? null : new URL(template.replace(/[{}]/g, '')).host;
}
