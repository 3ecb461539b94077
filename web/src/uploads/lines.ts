/** Files in their lines: to be read, to be announced, to be sent. */
import type { Item } from './items';

/** Files read ahead of those that are sent; more would keep the disk busy for nothing. */
const AHEAD = 1000;
const ANNOUNCED = 100;
/** An announced file holds room of the quota, so few are. */
const OPEN = 40;
const MOST_PARTS = 1000;
const PART = 16 * 1024 * 1024;

export class Lines {
  readonly #toRead = new Set<Item>();
  readonly #toAnnounce = new Set<Item>();
  readonly #toSend = new Set<Item>();
  /** Contents under way: the same once more waits, and is known then. */
  readonly #contents = new Map<string, Item>();

  get size(): number {
    return this.#toRead.size + this.#toAnnounce.size + this.#toSend.size;
  }

  /** Into the line for what comes next for it. */
  add(item: Item): void {
    item.phase = item.sha256 === null ? 'waiting' : item.upload === null ? 'hashed' : 'open';
    (item.sha256 === null ? this.#toRead : item.upload === null ? this.#toAnnounce : this.#toSend).add(item);
  }

  drop(item: Item): void {
    this.#toRead.delete(item);
    this.#toAnnounce.delete(item);
    this.#toSend.delete(item);
  }

  /** It is no longer the one that brings its content. */
  release(item: Item): void {
    if (item.sha256 !== null && this.#contents.get(item.sha256) === item) this.#contents.delete(item.sha256);
  }

  nextToRead(): Item | null {
    return this.#toAnnounce.size < AHEAD ? first(this.#toRead) : null;
  }

  nextToSend(): Item | null {
    return first(this.#toSend);
  }

  /** The next files to announce together, which came together as well; none while it is worth waiting for more. */
  nextToAnnounce(areRead: boolean): Item[] {
    if (!this.#isTime(areRead)) return [];
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

  #isTime(areRead: boolean): boolean {
    if (this.#toAnnounce.size === 0 || this.#toSend.size >= OPEN) return false;
    return this.#toAnnounce.size >= ANNOUNCED || (areRead && this.#toRead.size === 0) || this.#toSend.size === 0;
  }
}

function first(line: Set<Item>): Item | null {
  for (const item of line) {
    line.delete(item);
    return item;
  }
  return null;
}
