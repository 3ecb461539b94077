/** What a bucket will look like of which no picture is known yet: as many tiles, in rows below headings, all alike. */
import { type DayShape } from './days';
import { type Box, squaresPerRow, UNKNOWN } from './layout';
import type { Bucket } from './timeline';

const DAY = 86_400_000;
const LONGEST = 31;

export class Guess {
  readonly #count: number;
  readonly #shape: DayShape;
  readonly #perRow: number;
  readonly #perGroup: number;
  readonly #groupHeight: number;

  constructor(bucket: Bucket, shape: DayShape) {
    this.#count = bucket.count;
    this.#shape = shape;
    this.#perRow = perRow(shape);
    this.#perGroup = perGroup(bucket, shape, this.#perRow);
    const rows = Math.ceil(this.#perGroup / this.#perRow);
    this.#groupHeight = Math.ceil(shape.heading + rows * (this.#rowHeight + shape.gap) - shape.gap + shape.between);
  }

  /** In whole pixels. */
  get height(): number {
    return Math.ceil(this.#count / this.#perGroup) * this.#groupHeight;
  }

  /** The tiles that touch the stretch between these two, in pixels from the upper edge of the bucket. */
  boxes(top: number, bottom: number): { index: number; box: Box }[] {
    const { gap, heading } = this.#shape;
    const found: { index: number; box: Box }[] = [];
    const firstGroup = Math.max(0, Math.floor(top / this.#groupHeight));
    for (let index = firstGroup * this.#perGroup; index < this.#count; index++) {
      const group = Math.floor(index / this.#perGroup);
      const inGroup = index % this.#perGroup;
      const y = group * this.#groupHeight + heading + Math.floor(inGroup / this.#perRow) * (this.#rowHeight + gap);
      if (y >= bottom) break;
      if (y + this.#rowHeight <= top) continue;
      const width = (this.#shape.width - gap * (this.#perRow - 1)) / this.#perRow;
      found.push({ index, box: { left: (inGroup % this.#perRow) * (width + gap), top: y, width, height: this.#rowHeight } });
    }
    return found;
  }

  get #rowHeight(): number {
    const { mode, row, width, gap } = this.#shape;
    return mode === 'grid' ? (width - gap * (this.#perRow - 1)) / this.#perRow : row;
  }
}

function perRow(shape: DayShape): number {
  if (shape.mode === 'list') return 1;
  if (shape.mode === 'grid') return squaresPerRow(shape);
  return Math.max(1, Math.round((shape.width + shape.gap) / (shape.row * UNKNOWN + shape.gap)));
}

/** How many stand below one heading: a day's, or a row of short days'. */
function perGroup({ count, from, to }: Bucket, shape: DayShape, perRow: number): number {
  if (shape.mode === 'grid') return Math.max(1, count);
  const length = to === null ? LONGEST : Math.ceil((Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / DAY);
  const days = Math.min(Math.max(1, Number.isFinite(length) ? length : LONGEST), LONGEST, Math.max(1, count));
  const perDay = Math.ceil(count / days);
  return Math.max(1, shape.mode === 'list' ? perDay : Math.max(perDay, perRow));
}
