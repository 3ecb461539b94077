/** Files on their way into the library: what is known of each, and what all of them come to. */

/** What became of a file. `unreadable`: kept, but nothing here can show it. `refused`: too large, or over the quota. */
export type Outcome = 'new' | 'known' | 'unreadable' | 'refused' | 'failed' | 'cancelled';
export const OUTCOMES: readonly Outcome[] = ['new', 'known', 'unreadable', 'refused', 'failed', 'cancelled'];

export type Phase = 'waiting' | 'hashing' | 'hashed' | 'open' | 'sending' | 'done';

/** Reasons that have words of their own; anything else is what the server said. */
export type Reason = 'tooLarge' | 'overQuota' | 'empty' | 'gone' | 'inTrash' | 'inPlace';

export interface Chosen {
  readonly file: File;
  /** With the folders it was found in, `/` between them. */
  readonly path: string;
  readonly tags: readonly string[];
  /** Known from before the page was loaded anew. */
  readonly sha256?: string | null;
  /** Where it is remembered. */
  readonly key?: string | null;
}

export interface Part {
  readonly number: number;
  readonly size: number;
  readonly url: string;
  readonly received: boolean;
}

export interface Item {
  readonly id: number;
  readonly file: File;
  readonly path: string;
  readonly tags: readonly string[];
  readonly size: number;
  readonly batch: string;
  key: string | null;
  phase: Phase;
  hashed: number;
  sent: number;
  sha256: string | null;
  upload: string | null;
  parts: readonly Part[];
  outcome: Outcome | null;
  reason: Reason | null;
  /** What the server said, where there is no word for it here. */
  detail: string | null;
  picture: string | null;
  tries: number;
}

let last = 0;

export function makeItem({ file, path, tags, sha256 = null, key = null }: Chosen, batch: string): Item {
  return {
    id: ++last, file, path, tags, size: file.size, batch, key, phase: 'waiting', hashed: 0, sent: 0, sha256, upload: null,
    parts: [], outcome: null, reason: null, detail: null, picture: null, tries: 0,
  };
}

export interface Totals {
  readonly files: number;
  readonly decided: number;
  readonly bytes: number;
  /** Bytes that need no more sending: there, or never to be sent. */
  readonly settled: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

export function totals(items: Iterable<Item>): Totals {
  const outcomes: Record<Outcome, number> = { new: 0, known: 0, unreadable: 0, refused: 0, failed: 0, cancelled: 0 };
  let files = 0;
  let decided = 0;
  let bytes = 0;
  let settled = 0;
  for (const item of items) {
    files += 1;
    bytes += item.size;
    if (item.outcome === null) settled += Math.min(item.sent, item.size);
    else {
      decided += 1;
      outcomes[item.outcome] += 1;
      settled += item.size;
    }
  }
  return { files, decided, bytes, settled, outcomes };
}

/** How much of a file is done, from 0 to 1: reading it is a tenth of the way. */
export function share(item: Item): number {
  if (item.outcome !== null) return 1;
  if (item.size === 0) return 0;
  const read = item.sha256 === null ? item.hashed / item.size : 1;
  return 0.1 * read + 0.9 * Math.min(1, item.sent / item.size);
}

export interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Over so long speed is measured, in milliseconds. */
const SPAN = 10_000;

/** One more measurement; those that are too old go. */
export function sampled(samples: readonly Sample[], at: number, bytes: number): readonly Sample[] {
  return [...samples.filter((one) => at - one.at <= SPAN), { at, bytes }];
}

/** Bytes a second over what was measured; null: too little is known. */
export function speed(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const latest = samples.at(-1);
  if (first === undefined || latest === undefined || latest.at - first.at < 1000) return null;
  return Math.max(0, ((latest.bytes - first.bytes) * 1000) / (latest.at - first.at));
}

/** A file's own date as a wall clock where the reader is: `2018-03-02T10:00:00`. */
export function wallClock(modified: number): string | null {
  const at = new Date(modified);
  if (Number.isNaN(at.getTime()) || at.getFullYear() < 1826 || at.getFullYear() > 9999) return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A random UUID; browsers give one only where there is https. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
