/** The whole library as blocks below each other, of which only those in view are known picture by picture. */
import { type Columns, type DayLayout, type DayShape, inDays, unitLength } from './days';
import { Guess } from './guess';
import { Heights } from './heights';
import type { Box } from './layout';
import type { Spot } from './selection';

/** A stretch of time and how many pictures it holds, in the order of the view. */
export interface Bucket {
  readonly key: string;
  readonly count: number;
  /** Wall clocks; `from` belongs to it, `to` does not. Null: the end of time. */
  readonly from: string;
  readonly to: string | null;
}

/** One block in view. `top` is its place in the library; without `layout` its pictures are not known yet. */
export interface Shown<C extends Columns> {
  readonly bucket: Bucket;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly columns: C | null;
  readonly layout: DayLayout | null;
  /** What is known may be old. */
  readonly stale: boolean;
  /** The pictures in view: from this one, up to before that one. */
  readonly first: number;
  readonly end: number;
}

/** A picture that is known: the number of its block, and its number there. */
export interface Where {
  readonly block: number;
  readonly picture: number;
}

interface Block<C extends Columns> {
  readonly bucket: Bucket;
  readonly guess: Guess;
  columns: C | null;
  layout: DayLayout | null;
  stale: boolean;
}

/** Places of pictures by pixel. All heights in pixels; what changes above the view is told, so that the view can stay. */
export class Timeline<C extends Columns> {
  #blocks: Block<C>[];
  #heights: Heights;
  #shape: DayShape;
  #index: Map<string, number>;
  /** How many pictures there are before each block. */
  #sums: number[];

  constructor(
    buckets: readonly Bucket[],
    shape: DayShape,
    readonly newestFirst = true,
  ) {
    this.#shape = shape;
    this.#blocks = buckets.map((bucket) => ({ bucket, guess: new Guess(bucket, shape), columns: null, layout: null, stale: false }));
    this.#heights = this.#measured();
    this.#index = indexOf(this.#blocks);
    this.#sums = sumsOf(this.#blocks);
  }

  get height(): number {
    return this.#heights.total;
  }

  get count(): number {
    return this.#blocks.length;
  }

  /** How many pictures there are. */
  get total(): number {
    return this.#sums.at(-1)!;
  }

  get buckets(): readonly Bucket[] {
    return this.#blocks.map(({ bucket }) => bucket);
  }

  /** What is known of a block. */
  block(index: number): Omit<Shown<C>, 'first' | 'end'> | null {
    const block = this.#blocks[index];
    if (!block) return null;
    const { bucket, columns, layout, stale } = block;
    return { bucket, index, columns, layout, stale, top: this.#heights.before(index), height: this.#heights.of(index) };
  }

  indexOf(key: string): number {
    return this.#index.get(key) ?? -1;
  }

  /** The number of a picture among all of the view, from 0. */
  position({ block, picture }: Where): number {
    return (this.#sums[block] ?? 0) + picture;
  }

  /** The blocks that touch the stretch from `top` of `height` pixels, and of each the pictures that do. */
  shown(top: number, height: number): Shown<C>[] {
    const shown: Shown<C>[] = [];
    const bottom = top + height;
    const start = this.#heights.at(Math.max(0, top));
    for (let index = Math.max(0, start); index < this.#blocks.length; index++) {
      const begins = this.#heights.before(index);
      if (begins >= bottom) break;
      const { bucket, columns, layout, stale } = this.#blocks[index]!;
      const [first, end] = layout ? inView(layout, top - begins, bottom - begins) : [0, 0];
      shown.push({ bucket, index, top: begins, height: this.#heights.of(index), columns, layout, stale, first, end });
    }
    return shown;
  }

  /** Where the tiles of a block may be that is not known yet, between these places in the library. */
  guessed(index: number, top: number, bottom: number): { index: number; box: Box }[] {
    const begins = this.#heights.before(index);
    return this.#blocks[index]?.guess.boxes(top - begins, bottom - begins) ?? [];
  }

  /** The pictures of a bucket are there; how much higher the block is than was guessed. 0 where there is no such bucket. */
  fill(key: string, columns: C): number {
    const index = this.indexOf(key);
    const block = this.#blocks[index];
    if (!block) return 0;
    block.columns = columns;
    block.stale = false;
    block.layout = inDays(columns, this.#shape, this.#continues(index));
    return this.#heights.set(index, block.layout.height);
  }

  /** A bucket holds more than was answered at once: what is left of it becomes a block of its own, `next` its key. */
  split(key: string, count: number, next: string, edge: string): void {
    const index = this.indexOf(key);
    const block = this.#blocks[index];
    if (!block || this.#index.has(next)) return;
    const { from, to } = block.bucket;
    const rest = Math.max(1, block.bucket.count - count);
    const parts: Bucket[] = this.newestFirst
      ? [{ key, count, from: edge, to }, { key: next, count: rest, from, to: edge }]
      : [{ key, count, from, to: edge }, { key: next, count: rest, from: edge, to }];
    this.rebucket(this.buckets.flatMap((bucket) => (bucket.key === key ? parts : [bucket])));
  }

  /** Let go of pictures further away than `around` blocks from those in view, but for blocks that `keeps`; heights stay. */
  forget(first: number, last: number, around: number, keeps: (index: number) => boolean = () => false): void {
    this.#blocks.forEach((block, index) => {
      if ((index >= first - around && index <= last + around) || block.columns === null || keeps(index)) return;
      block.columns = null;
      block.layout = null;
    });
  }

  /** What is known of pictures may be old from now on. */
  age(): void {
    for (const block of this.#blocks) block.stale = block.columns !== null;
  }

  /** The same of one block. */
  ageOne(index: number): void {
    const block = this.#blocks[index];
    if (block?.columns) block.stale = true;
  }

  /** Another width or another wish of heights: everything is laid out anew. */
  reshape(shape: DayShape): void {
    this.#shape = shape;
    this.#blocks = this.#blocks.map(({ bucket, columns, stale }, index) => ({
      bucket,
      guess: new Guess(bucket, shape),
      columns,
      layout: columns && inDays(columns, shape, this.#continues(index)),
      stale,
    }));
    this.#heights = this.#measured();
  }

  /** Other buckets, because pictures came or went: what is known of those whose key stays is kept, and old where they count otherwise. */
  rebucket(buckets: readonly Bucket[]): void {
    const known = new Map(this.#blocks.map((block, index) => [block.bucket.key, { block, height: this.#heights.of(index) }]));
    const heights: number[] = [];
    this.#blocks = buckets.map((bucket) => {
      const before = known.get(bucket.key);
      const guess = new Guess(bucket, this.#shape);
      if (!before) {
        heights.push(guess.height);
        return { bucket, guess, columns: null, layout: null, stale: false };
      }
      const { columns, layout, stale } = before.block;
      const isSame = before.block.bucket.count === bucket.count;
      heights.push(columns || isSame ? before.height : guess.height);
      return { bucket, guess, columns, layout, stale: stale || (columns !== null && !isSame) };
    });
    this.#heights = new Heights(heights);
    this.#index = indexOf(this.#blocks);
    this.#sums = sumsOf(this.#blocks);
  }

  /** Where in the library a moment is (or a day, or a month): the heading of its pictures where they are known, else in proportion. */
  offsetOf(time: string): number {
    const index = this.blockAt(time);
    const block = this.#blocks[index];
    if (!block) return 0;
    const begins = this.#heights.before(index);
    const { columns, layout, bucket } = block;
    if (columns && layout) {
      const isBehind = (other: string) => (this.newestFirst ? other.slice(0, time.length) <= time : other.slice(0, time.length) >= time);
      const picture = columns.sorted_at.findIndex(isBehind);
      if (picture < 0) return begins + (layout.headings.at(-1)?.top ?? 0);
      return begins + (layout.headings.find(({ first, end }) => first <= picture && picture < end)?.top ?? 0);
    }
    return begins + Math.round(part(bucket, this.#edge(time), this.newestFirst) * this.#heights.of(index));
  }

  /** The first block, in the order of the view, that has pictures of a moment or lies behind it; the last one where none does. */
  blockAt(time: string): number {
    const edge = this.#edge(time);
    const index = this.#blocks.findIndex(({ bucket }) => (this.newestFirst ? bucket.from <= edge : bucket.to === null || bucket.to > edge));
    return index < 0 ? this.#blocks.length - 1 : index;
  }

  /** About which moment an offset shows. */
  timeAt(offset: number): string | null {
    const index = this.#heights.at(offset);
    const block = this.#blocks[index];
    if (!block) return null;
    const inside = offset - this.#heights.before(index);
    const heading = block.layout?.headings.findLast(({ top }) => top <= inside);
    return heading?.day ?? timeIn(block.bucket, inside / Math.max(1, this.#heights.of(index)), this.newestFirst);
  }

  /** How far down a place is, from 0 to 1, by the number of pictures: what is not known yet changes nothing of it. */
  fractionAt(offset: number): number {
    const index = this.#heights.at(offset);
    if (index < 0 || this.total === 0) return 0;
    const part = (offset - this.#heights.before(index)) / Math.max(1, this.#heights.of(index));
    return (this.#sums[index]! + Math.min(1, Math.max(0, part)) * this.#blocks[index]!.bucket.count) / this.total;
  }

  /** The other way round. */
  offsetAtFraction(fraction: number): number {
    const wanted = Math.min(1, Math.max(0, fraction)) * this.total;
    const index = Math.max(0, Math.min(this.#blocks.length - 1, this.#sums.findIndex((sum) => sum > wanted) - 1));
    const block = this.#blocks[index];
    if (!block || wanted >= this.total) return this.height;
    return Math.round(this.#heights.before(index) + ((wanted - this.#sums[index]!) / Math.max(1, block.bucket.count)) * this.#heights.of(index));
  }

  /** Where one picture is; null while it is not known. */
  locate(id: string): Where | null {
    for (const [block, { columns }] of this.#blocks.entries()) {
      const picture = columns?.ids.indexOf(id) ?? -1;
      if (picture >= 0) return { block, picture };
    }
    return null;
  }

  /** The box of a picture, in the library; null while it is not known. */
  boxAt({ block, picture }: Where): Box | null {
    const box = this.#blocks[block]?.layout?.boxes[picture];
    return box ? { ...box, top: box.top + this.#heights.before(block) } : null;
  }

  boxOf(id: string): Box | null {
    const where = this.locate(id);
    return where && this.boxAt(where);
  }

  spotAt({ block, picture }: Where): Spot | null {
    const columns = this.#blocks[block]?.columns;
    const id = columns?.ids[picture];
    return columns && id !== undefined ? { id, time: columns.sorted_at[picture]! } : null;
  }

  /** Whether the block before ends within the day (or month) with which this one begins. */
  #continues(index: number): boolean {
    const [before, here] = [this.#blocks[index - 1]?.bucket, this.#blocks[index]?.bucket];
    if (!before || !here) return false;
    const length = unitLength(this.#shape.mode);
    const [older, newer] = this.newestFirst ? [here, before] : [before, here];
    return lastMoment(older).slice(0, length) === newer.from.slice(0, length);
  }

  /** A moment in full: the end of a day or month where the view comes from there. */
  #edge(time: string): string {
    return time + (this.newestFirst ? '9999-12-31T23:59:59' : '0000-01-01T00:00:00').slice(time.length);
  }

  #measured(): Heights {
    return new Heights(this.#blocks.map(({ guess, layout }) => layout?.height ?? guess.height));
  }
}

/** Boxes stand in rows, so their tops never fall: those that may touch a stretch, found by halving. */
function inView({ boxes, tallest }: DayLayout, top: number, bottom: number): [number, number] {
  return [lowest(boxes, (box) => box.top + tallest > top), lowest(boxes, (box) => box.top >= bottom)];
}

function lowest(boxes: readonly Box[], holds: (box: Box) => boolean): number {
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(boxes[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function indexOf(blocks: readonly { readonly bucket: Bucket }[]): Map<string, number> {
  return new Map(blocks.map(({ bucket }, index) => [bucket.key, index]));
}

function sumsOf(blocks: readonly { readonly bucket: Bucket }[]): number[] {
  const sums = [0];
  for (const { bucket } of blocks) sums.push(sums.at(-1)! + bucket.count);
  return sums;
}

function millisecondsOf(time: string): number {
  return Date.parse(`${time}Z`);
}

/** The last moment that may lie in a bucket, to the second: where a key's end names a picture, its moment does. */
function lastMoment({ key, to }: Bucket): string {
  if (to === null) return '9999-12-31T23:59:59';
  if (key.split('..')[1]?.includes('~')) return to;
  return new Date(millisecondsOf(to) - 1000).toISOString().slice(0, 19);
}

/** How far into a bucket a moment is, from 0 to 1, in the order of the view. */
function part(bucket: Bucket, time: string, newestFirst: boolean): number {
  const from = millisecondsOf(bucket.from);
  const to = bucket.to === null ? from + 1 : millisecondsOf(bucket.to);
  const at = millisecondsOf(time);
  // The 31st of a short month is its end.
  const passed = Number.isFinite(at) ? Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from))) : 1;
  return newestFirst ? 1 - passed : passed;
}

/** The other way round: the day that is so far into a bucket. */
function timeIn(bucket: Bucket, passed: number, newestFirst: boolean): string {
  const from = millisecondsOf(bucket.from);
  const to = bucket.to === null ? from + 1 : millisecondsOf(bucket.to);
  const at = from + (to - from) * Math.min(1, Math.max(0, newestFirst ? 1 - passed : passed));
  return new Date(Math.min(at, to - 1)).toISOString().slice(0, 10);
}
