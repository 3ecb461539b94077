/** A query taken apart as far as its box needs: pieces with their places, so that each can be shown, turned round and taken away. */
import { Problem } from '../api/problem';

export interface Piece {
  /** A condition `name:value`, a word, what stands in brackets, or `and`, `or`, `not`. */
  readonly kind: 'condition' | 'word' | 'group' | 'operator';
  /** Where it stands in the text; the end is excluded. */
  readonly from: number;
  readonly to: number;
  readonly negated: boolean;
  /** In small letters; empty unless it is a condition. */
  readonly name: string;
  /** Between name and value: `>=`, `=`, `~`… */
  readonly operator: string;
  /** Without quotes; of a group all that stands in the brackets. */
  readonly value: string;
}

const NAME = /^([A-Za-z][A-Za-z_]*(?:\.[^\s:"()]+)?):(>=|<=|>|<|=|~)?/;
const OPERATORS = ['and', 'or', 'not'];

/** The pieces at the top of a query. Never raises: what is not closed goes on to the end. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[\s)]/.test(text[at]!)) {
      at += 1;
      continue;
    }
    const piece = read(text, at);
    found.push(piece);
    at = piece.to;
  }
  return found;
}

function read(text: string, from: number): Piece {
  const negated = text[from] === '-' && from + 1 < text.length && !/[\s)-]/.test(text[from + 1]!);
  const start = negated ? from + 1 : from;
  if (text[start] === '(') {
    const end = closing(text, start);
    const to = end === null ? text.length : end + 1;
    return { kind: 'group', from, to, negated, name: '', operator: '', value: text.slice(start + 1, end ?? to) };
  }
  const named = NAME.exec(text.slice(start));
  const valueAt = start + (named?.[0].length ?? 0);
  const to = Math.max(valueAt, valueEnd(text, valueAt), from + 1);
  const value = unquoted(text.slice(valueAt, to));
  if (named) return { kind: 'condition', from, to, negated, name: named[1]!.toLowerCase(), operator: named[2] ?? '', value };
  const isOperator = !negated && text[start] !== '"' && OPERATORS.includes(value.toLowerCase());
  return { kind: isOperator ? 'operator' : 'word', from, to, negated, name: '', operator: '', value };
}

/** Where a value ends that begins there, in quotes or not. */
function valueEnd(text: string, from: number): number {
  let at = from;
  if (text[at] !== '"') {
    while (at < text.length && !/[\s"()]/.test(text[at]!)) at += 1;
    return at;
  }
  at += 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(text.length, at + 1);
}

/** The bracket that closes the one at `from`; null where none does. */
function closing(text: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') at = valueEnd(text, at) - 1;
    else if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return null;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  const inside = value.length > 1 && value.endsWith('"') ? value.slice(1, -1) : value.slice(1);
  return inside.replace(/\\(["\\])/g, '$1');
}

/** Whether pieces can be taken away one by one: where `or` stands between them, they belong together. */
export function isPlain(all: readonly Piece[]): boolean {
  return all.every(({ kind }) => kind !== 'operator');
}

/** The text without one of its pieces. */
export function without(text: string, piece: Piece): string {
  return `${text.slice(0, piece.from).trimEnd()} ${text.slice(piece.to).trimStart()}`.trim();
}

/** The text with one of its pieces turned into its opposite, or back. */
export function turned(text: string, piece: Piece): string {
  const written = text.slice(piece.from, piece.to);
  return text.slice(0, piece.from) + (piece.negated ? written.slice(1) : `-${written}`) + text.slice(piece.to);
}

/** The text with one more condition at its end. */
export function joined(text: string, more: string): string {
  const before = text.trim();
  if (before === '') return more;
  return isPlain(pieces(before)) ? `${before} ${more}` : `(${before}) ${more}`;
}

/** A text with a suggestion in place of what stood before the cursor; the rest of the word there goes. */
export function completed(text: string, cursor: number, suggested: string): { readonly text: string; readonly cursor: number } {
  const word = pieces(text).find(({ from, to }) => from < cursor && cursor < to);
  const rest = text.slice(word && word.kind !== 'group' ? word.to : cursor);
  const gap = rest !== '' && suggested.endsWith(' ') ? rest.trimStart() : rest;
  return { text: suggested + gap, cursor: suggested.length };
}

/** A value as a query takes it: in quotes where it needs them. */
export function written(value: string): string {
  return /^[^\s()":,<>=.\-~*?][^\s()":,<>=~*?]*$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}

export interface QueryFault {
  /** The character at fault, from 0, as the server counts characters; null: it did not say. */
  readonly at: number | null;
  readonly text: string;
}

/** What is wrong with the query, from the server's refusal; null: something else is wrong, or nothing. */
export function queryFault(error: unknown): QueryFault | null {
  if (!(error instanceof Problem) || error.code !== 'bad_query') return null;
  return readFault(error.errors[0]?.detail ?? error.message);
}

/** The place stands before the words, in whichever language they are. */
export function readFault(detail: string): QueryFault {
  const found = /^(?:At character|Au caractère) (\d+)\s?: (.*)$/s.exec(detail);
  return found ? { at: Number(found[1]) - 1, text: sentence(found[2]!) } : { at: null, text: detail };
}

/** The query with what the server takes a misspelt name for; null where it has no idea. Its words have both names in quotes. */
export function mended(text: string, fault: QueryFault): string | null {
  const [wrong, right, ...more] = [...fault.text.matchAll(/(?:`|«\s*)([^`«»]+?)(?:`|\s*»)/g)].map(([, name]) => name!);
  if (fault.at === null || !wrong || !right || more.length > 0 || !/\?\s*$/.test(fault.text)) return null;
  const index = indexOf(text, fault.at);
  return text.startsWith(wrong, index) ? text.slice(0, index) + right + text.slice(index + wrong.length) : null;
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Where in a text the server's n-th character is: it counts a sign outside of the basic plane once, texts here do twice. */
export function indexOf(text: string, character: number): number {
  return [...text].slice(0, character).join('').length;
}
