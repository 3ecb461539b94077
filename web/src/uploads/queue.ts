/** Brings files into the library: reads, announces and sends a few at once, waits while nobody answers, and goes on by itself. */
import { Problem, Unreachable } from '../api/problem';
import { hash, Unreadable } from './hasher';
import type { Item, Outcome, Reason } from './items';
import { announce, type Announced, complete, forget, putAll, Refused } from './sending';

/** Why nothing goes on at this moment. */
export type Hold = 'paused' | 'unreachable' | 'signedOut' | 'busy';

const SENDING = 3;
/** Files read ahead of those that are sent; more would keep the disk busy for nothing. */
const AHEAD = 1000;
const ANNOUNCED = 100;
/** An announced file holds room of the quota, so few are. */
const OPEN = 40;
const MOST_PARTS = 1000;
const PART = 16 * 1024 * 1024;
const TRIES = 4;
const SOON = 2000;
const LATE = 30_000;
/** Ended by a person, not by a fault. */
const STOPPED = new DOMException('Stopped', 'AbortError');

export interface Told {
  /** Something is different; called often. */
  changed(): void;
  /** A file has come to its end. */
  decided(item: Item): void;
}

export class Queue {
  readonly items = new Map<number, Item>();
  hold: Hold | null = null;
  readonly #toHash = new Set<Item>();
  readonly #toAnnounce = new Set<Item>();
  readonly #toSend = new Set<Item>();
  readonly #working = new Map<Item, AbortController>();
  /** Contents under way: the same once more waits, and is known then. */
  readonly #contents = new Map<string, Item>();
  #hashing = 0;
  #announcing: AbortController | null = null;
  #sending = 0;
  #wait = SOON;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly told: Told) {}

  get isBusy(): boolean {
    return this.#toHash.size + this.#toAnnounce.size + this.#toSend.size + this.#working.size > 0 || this.#announcing !== null;
  }

  /** Those that something is being done with now. */
  get active(): readonly Item[] {
    return [...this.#working.keys()];
  }

  add(items: readonly Item[]): void {
    for (const item of items) {
      this.items.set(item.id, item);
      if (item.size === 0) this.#decide(item, 'failed', 'empty');
      else this.#line(item);
    }
    this.#turn();
  }

  pause(): void {
    this.#stop('paused');
  }

  /** Nobody is signed in: nothing goes on until somebody is. */
  signedOut(): void {
    if (this.hold !== 'paused') this.#stop('signedOut');
  }

  /** Go on, whatever was in the way. */
  resume(): void {
    clearTimeout(this.#timer);
    this.hold = null;
    this.#turn();
  }

  cancel(item: Item): void {
    if (item.outcome !== null) return;
    this.#unline(item);
    this.#decide(item, 'cancelled');
    this.#working.get(item)?.abort(STOPPED);
    if (item.upload !== null) void forget(item.upload).catch(() => {});
    this.#turn();
  }

  cancelAll(): void {
    for (const item of [...this.items.values()]) this.cancel(item);
    if (this.hold === 'paused') this.hold = null;
  }

  /** Try once more what has failed or was refused. */
  retry(item: Item): void {
    if (item.outcome !== 'failed' && item.outcome !== 'refused' && item.outcome !== 'cancelled') return;
    Object.assign(item, { outcome: null, reason: null, detail: null, tries: 0, upload: null, parts: [], sent: 0 });
    this.#line(item);
    this.#turn();
  }

  /** Take what has come to its end off the list. */
  clear(): void {
    for (const item of [...this.items.values()]) if (item.outcome !== null) this.items.delete(item.id);
    this.told.changed();
  }

  #line(item: Item): void {
    item.phase = item.sha256 === null ? 'waiting' : item.upload === null ? 'hashed' : 'open';
    (item.sha256 === null ? this.#toHash : item.upload === null ? this.#toAnnounce : this.#toSend).add(item);
  }

  #unline(item: Item): void {
    this.#toHash.delete(item);
    this.#toAnnounce.delete(item);
    this.#toSend.delete(item);
  }

  #stop(why: Hold, after?: number): void {
    this.hold = why;
    clearTimeout(this.#timer);
    if (after !== undefined) this.#timer = setTimeout(() => this.resume(), after);
    for (const working of [...this.#working.values()]) working.abort(STOPPED);
    this.#announcing?.abort(STOPPED);
    this.told.changed();
  }

  #turn(): void {
    this.told.changed();
    if (this.hold !== null) return;
    while (this.#hashing < 1 && this.#toHash.size > 0 && this.#toAnnounce.size < AHEAD) void this.#hash(take(this.#toHash));
    const batch = this.#isTimeToAnnounce() ? this.#batch() : [];
    if (batch.length > 0) void this.#announce(batch);
    while (this.#sending < SENDING && this.#toSend.size > 0) void this.#send(take(this.#toSend));
  }

  #isTimeToAnnounce(): boolean {
    if (this.#announcing !== null || this.#toAnnounce.size === 0 || this.#toSend.size >= OPEN) return false;
    return this.#toAnnounce.size >= ANNOUNCED || this.#toHash.size + this.#hashing === 0 || this.#toSend.size === 0;
  }

  /** The next files to announce together; they came together as well. */
  #batch(): Item[] {
    const some: Item[] = [];
    let parts = 0;
    for (const item of this.#toAnnounce) {
      if ((this.#contents.get(item.sha256!) ?? item) !== item) continue;
      parts += Math.ceil(item.size / PART);
      if (some.length > 0 && (parts > MOST_PARTS || some.length >= ANNOUNCED || item.batch !== some[0]!.batch)) break;
      this.#contents.set(item.sha256!, item);
      some.push(item);
    }
    for (const item of some) this.#toAnnounce.delete(item);
    return some;
  }

  async #hash(item: Item): Promise<void> {
    this.#hashing += 1;
    item.phase = 'hashing';
    await this.#with(item, async (signal) => {
      item.sha256 = await hash(item.file, (read) => ((item.hashed = read), this.told.changed()), signal);
      item.hashed = item.size;
      this.#line(item);
    });
    this.#hashing -= 1;
    this.#turn();
  }

  async #announce(items: readonly Item[]): Promise<void> {
    const mine = (this.#announcing = new AbortController());
    try {
      const answers = await announce(items, mine.signal);
      this.#wait = SOON;
      items.forEach((item, index) => this.#announced(item, answers[index]!));
    } catch (error) {
      await this.#notAnnounced(items, error, mine.signal);
    }
    this.#announcing = null;
    this.#turn();
  }

  #announced(item: Item, answer: Announced): void {
    if (item.outcome !== null) {
      if (!answer.known) void forget(answer.id).catch(() => {});
    } else if (answer.known) {
      item.picture = answer.id;
      this.#decide(item, 'known', answer.in_trash ? 'inTrash' : null);
    } else {
      item.upload = answer.id;
      item.parts = answer.parts ?? [];
      this.#line(item);
    }
  }

  /** One file that cannot be announced keeps none of the others back. */
  async #notAnnounced(items: readonly Item[], error: unknown, signal: AbortSignal): Promise<void> {
    const left = items.filter(({ outcome }) => outcome === null);
    if (error instanceof Problem && [413, 422].includes(error.status)) {
      const faulty = new Set(error.errors.map(({ path }) => Number(/^files\.(\d+)\./.exec(path)?.[1] ?? -1)));
      if (faulty.size > 0 && !faulty.has(-1)) {
        items.forEach((item, index) => (faulty.has(index) ? this.#refuse(item, error) : item.outcome === null && this.#line(item)));
      } else if (left.length === 1) this.#refuse(left[0]!, error);
      else {
        const middle = Math.ceil(left.length / 2);
        for (const half of [left.slice(0, middle), left.slice(middle)]) {
          if (half.length === 0) continue;
          try {
            const answers = await announce(half, signal);
            half.forEach((item, index) => this.#announced(item, answers[index]!));
          } catch (again) {
            await this.#notAnnounced(half, again, signal);
          }
        }
      }
      return;
    }
    for (const item of left) this.#line(item);
    if (!this.#mind(error) && left[0]) this.#stumble(left[0], error);
  }

  #refuse(item: Item, error: Problem): void {
    if (item.outcome !== null) return;
    if (error.code === 'quota_exceeded') this.#decide(item, 'refused', 'overQuota');
    else if (error.status === 413 || error.errors.some(({ path }) => path.endsWith('.size'))) this.#decide(item, 'refused', 'tooLarge');
    else this.#decide(item, 'failed', null, error.errors[0]?.detail ?? error.message);
  }

  async #send(item: Item): Promise<void> {
    this.#sending += 1;
    item.phase = 'sending';
    await this.#with(item, async (signal) => {
      await putAll(item, (sent) => ((item.sent = sent), this.told.changed()), signal);
      const made = await complete(item.upload!, signal);
      this.#wait = SOON;
      item.picture = made.id;
      const outcome = made.duplicate ? 'known' : made.isReadable ? 'new' : 'unreadable';
      this.#decide(item, outcome, made.duplicate && made.inTrash ? 'inTrash' : null);
    });
    this.#sending -= 1;
    this.#turn();
  }

  async #with(item: Item, act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const mine = new AbortController();
    this.#working.set(item, mine);
    try {
      await act(mine.signal);
    } catch (error) {
      if (item.outcome !== null) return;
      if (error === STOPPED || this.#mind(error)) this.#again(item);
      else this.#stumble(item, error);
    } finally {
      this.#working.delete(item);
    }
  }

  /** Whether a fault is nobody's file's: then all wait. */
  #mind(error: unknown): boolean {
    if (error === STOPPED) return true;
    if (error instanceof Unreachable || (error instanceof Problem && [502, 503, 504, 507].includes(error.status))) this.#rest('unreachable', null);
    else if (error instanceof Problem && error.status === 429) this.#rest('busy', error.retryAfter);
    else if (error instanceof Problem && error.status === 401) this.signedOut();
    else return false;
    return true;
  }

  #rest(why: Hold, seconds: number | null): void {
    if (this.hold !== null) return;
    this.#stop(why, seconds === null ? this.#wait : Math.min(LATE, seconds * 1000));
    this.#wait = Math.min(LATE, this.#wait * 1.5);
  }

  #again(item: Item): void {
    // What was put is known to the server, and where to put the rest: it is asked anew.
    Object.assign(item, { upload: null, parts: [] });
    this.#line(item);
  }

  #stumble(item: Item, error: unknown): void {
    this.#unline(item);
    if (error instanceof Unreadable || (error instanceof DOMException && error.name !== 'AbortError')) return this.#decide(item, 'failed', 'gone');
    if (error instanceof Problem && error.code === 'hash_mismatch') {
      this.#contents.delete(item.sha256!);
      Object.assign(item, { sha256: null, hashed: 0 });
    }
    item.tries += 1;
    const isHopeless = error instanceof Problem && [403, 413, 422].includes(error.status) && error.code !== 'hash_mismatch';
    if (isHopeless) return this.#refuse(item, error);
    if (item.tries >= TRIES) return this.#decide(item, 'failed', null, error instanceof Error ? error.message : String(error));
    if (error instanceof Refused && error.status === 413) return this.#decide(item, 'refused', 'tooLarge');
    this.#again(item);
  }

  #decide(item: Item, outcome: Outcome, reason: Reason | null = null, detail: string | null = null): void {
    if (item.sha256 !== null && this.#contents.get(item.sha256) === item) this.#contents.delete(item.sha256);
    Object.assign(item, { outcome, reason, detail, phase: 'done', parts: [] });
    this.told.decided(item);
  }
}

function take(line: Set<Item>): Item {
  const [first] = line;
  line.delete(first!);
  return first!;
}
