/**
 * Heights of many blocks below each other, known or guessed: sums up to any of them, and whose pixel is where.
 *
 * Heights are whole pixels, so that sums are exact.
 */

/**
 * A Fenwick tree over the heights of `count` blocks, in pixels. Changing one height, the sum before a block and the
 * block at an offset each take O(log n), so that a library of decades scrolls like one of days.
 */
export class Heights {
  readonly #heights: Float64Array;
  readonly #tree: Float64Array;
  readonly #highest: number;

  constructor(heights: ArrayLike<number>) {
    const count = heights.length;
    this.#heights = Float64Array.from(heights);
    this.#tree = new Float64Array(count + 1);
    for (let node = 1; node <= count; node++) {
      this.#tree[node] = this.#tree[node]! + this.#heights[node - 1]!;
      const parent = node + (node & -node);
      if (parent <= count) this.#tree[parent] = this.#tree[parent]! + this.#tree[node]!;
    }
    this.#highest = count > 0 ? 1 << (31 - Math.clz32(count)) : 0;
  }

  get count(): number {
    return this.#heights.length;
  }

  /** The height of all blocks. */
  get total(): number {
    return this.before(this.count);
  }

  /** The height of block `index`. */
  of(index: number): number {
    return this.#heights[index] ?? 0;
  }

  /** Where block `index` begins; with `count`, where the last one ends. */
  before(index: number): number {
    let sum = 0;
    for (let node = Math.min(index, this.count); node > 0; node -= node & -node) sum += this.#tree[node]!;
    return sum;
  }

  /** Set the height of block `index`; how much higher it is than it was. */
  set(index: number, height: number): number {
    const difference = height - this.of(index);
    this.#heights[index] = height;
    for (let node = index + 1; node <= this.count; node += node & -node) this.#tree[node] = this.#tree[node]! + difference;
    return difference;
  }

  /** The block in which `offset` lies: the first one for what is above all, the last one for what is below; -1 without any. */
  at(offset: number): number {
    let node = 0;
    let rest = offset;
    for (let step = this.#highest; step > 0; step >>= 1) {
      const next = node + step;
      if (next <= this.count && this.#tree[next]! <= rest) {
        node = next;
        rest -= this.#tree[next]!;
      }
    }
    return Math.min(node, this.count - 1);
  }
}
