/** A bucket's pictures in days (or months): a heading for each, short days side by side, rows below. */
import { type Box, justified, type Layout, lines, shownRatio, type Shape, squares } from './layout';

/** Justified rows below days, squares below months, or lines below days. */
export type Mode = 'days' | 'grid' | 'list';

/** The pictures of a bucket as the server tells them: the n-th values belong to the n-th picture. */
export interface Columns {
  readonly ids: readonly string[];
  readonly ratio: readonly (number | null)[];
  readonly sorted_at: readonly string[];
}

/** A day's heading, in pixels from the upper left corner of its bucket. */
export interface Heading {
  /** `2020-05-03`, or `2020-05` of a month. */
  readonly day: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  /** Its pictures: from this one, up to before that one. */
  readonly first: number;
  readonly end: number;
  /** The bucket before ends with the same day, so that it has its heading already. */
  readonly continues: boolean;
}

export interface DayLayout {
  readonly headings: readonly Heading[];
  /** One for each picture, in their order. */
  readonly boxes: readonly Box[];
  readonly height: number;
  /** The height of the highest picture. */
  readonly tallest: number;
}

export interface DayShape extends Shape {
  readonly mode: Mode;
  /** How high a heading is. */
  readonly heading: number;
  /** Between days that stand side by side, and between rows of days. */
  readonly between: number;
}

/** No day is narrower, so that its heading can be read. */
const NARROWEST_DAY = 140;

/** How much of a wall clock names what has a heading. */
export function unitLength(mode: Mode): number {
  return mode === 'grid' ? '2020-05'.length : '2020-05-03'.length;
}

/** Lay a bucket out. Days keep their order; days that together fit into one row share it. */
export function inDays(columns: Columns, shape: DayShape, continues = false): DayLayout {
  const headings: Heading[] = [];
  const boxes: Box[] = [];
  let top = 0;
  let left = 0;
  let rowHeight = 0;
  let tallest = 0;
  for (const { day, first, end } of daysOf(columns.sorted_at, unitLength(shape.mode))) {
    const ratios = columns.ratio.slice(first, end);
    const goesOn = continues && first === 0;
    const wish = goesOn ? shape.width : naturalWidth(ratios, shape);
    if (left > 0 && left + wish > shape.width) {
      top += rowHeight + shape.between;
      left = 0;
      rowHeight = 0;
    }
    const heading = goesOn ? 0 : shape.heading;
    const width = Math.min(wish, shape.width - left);
    const rows = arranged(ratios, { ...shape, width });
    headings.push({ day, left, top, width, first, end, continues: goesOn });
    for (const box of rows.boxes) {
      boxes.push({ ...box, left: box.left + left, top: box.top + top + heading });
      tallest = Math.max(tallest, box.height);
    }
    rowHeight = Math.max(rowHeight, heading + rows.height);
    left += width + shape.between;
  }
  return { headings, boxes, height: boxes.length === 0 ? 0 : Math.ceil(top + rowHeight + shape.between), tallest };
}

function arranged(ratios: readonly (number | null)[], shape: DayShape): Layout {
  if (shape.mode === 'days') return justified(ratios, shape);
  return shape.mode === 'grid' ? squares(ratios.length, shape) : lines(ratios.length, shape);
}

/** Runs of pictures of one day: of those whose wall clocks begin with the same `length` characters. */
export function daysOf(times: readonly string[], length = '2020-05-03'.length): { day: string; first: number; end: number }[] {
  const days: { day: string; first: number; end: number }[] = [];
  times.forEach((time, index) => {
    const day = time.slice(0, length);
    const last = days.at(-1);
    if (last?.day === day) last.end = index + 1;
    else days.push({ day, first: index, end: index + 1 });
  });
  return days;
}

/** How wide pictures are in one row of the wished height, where that is less than everything. */
function naturalWidth(ratios: readonly (number | null)[], shape: DayShape): number {
  if (shape.mode !== 'days') return shape.width;
  let width = -shape.gap;
  for (const ratio of ratios) {
    width += shownRatio(ratio) * shape.row + shape.gap;
    if (width >= shape.width) return shape.width;
  }
  return Math.min(shape.width, Math.max(width, NARROWEST_DAY));
}
