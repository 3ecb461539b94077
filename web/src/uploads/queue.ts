/** Brings files into the library: reads, announces and sends a few at once, waits while nobody answers, and goes on by itself. */
import { Problem } from '../api/problem';
import { hash } from './hasher';
import type { Item, Outcome, Reason } from './items';
import { Lines } from './lines';
import { announce, type Announced, complete, forget, putAll } from './sending';
import { faulty, type Hold, refusal, STOPPED, verdict, type Verdict, waitFor } from './verdicts';

export type { Hold };

const SENDING = 3;
const TRIES = 4;
const SOON = 2000;
const LATE = 30_000;

export interface Told {
  /** Something is different; called often. */
  changed(): void;
  /** A file has come to its end. */
  decided(item: Item): void;
}

export class Queue {
  readonly items = new Map<number, Item>();
  hold: Hold | null = null;
  readonly #lines = new Lines();
  readonly #working = new Map<Item, AbortController>();
  #hashing = 0;
  #announcing: AbortController | null = null;
  #sending = 0;
  #wait = SOON;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly told: Told) {}

  get isBusy(): boolean {
    return this.#lines.size + this.#working.size > 0 || this.#announcing !== null;
  }

  /** Those that something is being done with now. */
  get active(): readonly Item[] {
    return [...this.#working.keys()];
  }

  add(items: readonly Item[]): void {
    for (const item of items) {
      this.items.set(item.id, item);
      if (item.size === 0) this.#decide(item, 'failed', 'empty');
      else this.#lines.add(item);
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
    this.#lines.drop(item);
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
    this.#lines.add(item);
    this.#turn();
  }

  /** Take what has come to its end off the list. */
  clear(): void {
    for (const item of [...this.items.values()]) if (item.outcome !== null) this.items.delete(item.id);
    this.told.changed();
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
    for (let item: Item | null; this.#hashing < 1 && (item = this.#lines.nextToRead()); ) void this.#hash(item);
    const batch = this.#announcing === null ? this.#lines.nextToAnnounce(this.#hashing === 0) : [];
    if (batch.length > 0) void this.#announce(batch);
    for (let item: Item | null; this.#sending < SENDING && (item = this.#lines.nextToSend()); ) void this.#send(item);
  }

  async #hash(item: Item): Promise<void> {
    this.#hashing += 1;
    item.phase = 'hashing';
    await this.#with(item, async (signal) => {
      item.sha256 = await hash(item.file, (read) => ((item.hashed = read), this.told.changed()), signal);
      item.hashed = item.size;
      this.#lines.add(item);
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
      this.#lines.add(item);
    }
  }

  /** One file that cannot be announced keeps none of the others back. */
  async #notAnnounced(items: readonly Item[], error: unknown, signal: AbortSignal): Promise<void> {
    const left = items.filter(({ outcome }) => outcome === null);
    if (!(error instanceof Problem) || ![413, 422].includes(error.status)) {
      for (const item of left) this.#lines.add(item);
      if (!this.#mind(error) && left[0]) this.#stumble(left[0], error);
      return;
    }
    const places = faulty(error);
    if (places) items.forEach((item, index) => (places.has(index) ? this.#refuse(item, error) : item.outcome === null && this.#lines.add(item)));
    else if (left.length === 1) this.#refuse(left[0]!, error);
    else await this.#announceHalves(left, signal);
  }

  async #announceHalves(items: readonly Item[], signal: AbortSignal): Promise<void> {
    const middle = Math.ceil(items.length / 2);
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      if (half.length === 0) continue;
      try {
        const answers = await announce(half, signal);
        half.forEach((item, index) => this.#announced(item, answers[index]!));
      } catch (again) {
        await this.#notAnnounced(half, again, signal);
      }
    }
  }

  #refuse(item: Item, error: Problem): void {
    if (item.outcome === null) this.#judge(item, refusal(error));
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
    const wait = waitFor(error);
    if (wait?.why === 'signedOut') this.signedOut();
    else if (wait) this.#rest(wait.why, wait.seconds);
    return wait !== null;
  }

  #rest(why: Hold, seconds: number | null): void {
    if (this.hold !== null) return;
    this.#stop(why, seconds === null ? this.#wait : Math.min(LATE, seconds * 1000));
    this.#wait = Math.min(LATE, this.#wait * 1.5);
  }

  #again(item: Item): void {
    // What was put is known to the server, and where to put the rest: it is asked anew.
    Object.assign(item, { upload: null, parts: [] });
    this.#lines.add(item);
  }

  #stumble(item: Item, error: unknown): void {
    this.#lines.drop(item);
    if (error instanceof Problem && error.code === 'hash_mismatch') {
      this.#lines.release(item);
      Object.assign(item, { sha256: null, hashed: 0 });
    }
    item.tries += 1;
    const end = verdict(error, item.tries >= TRIES);
    if (end) this.#judge(item, end);
    else this.#again(item);
  }

  #judge(item: Item, { outcome, reason, detail }: Verdict): void {
    this.#decide(item, outcome, reason, detail);
  }

  #decide(item: Item, outcome: Outcome, reason: Reason | null = null, detail: string | null = null): void {
    this.#lines.release(item);
    Object.assign(item, { outcome, reason, detail, phase: 'done', parts: [] });
    this.told.decided(item);
  }
}
