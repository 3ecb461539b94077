/** Pictures in rows: justified ones of any shape, squares, or lines of a list. Plain numbers, no DOM. */

/** Where one picture lies, in pixels from the upper left corner of its block. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a block is laid out for, in pixels. */
export interface Shape {
  readonly width: number;
  /** The height that rows would have if all pictures fitted. */
  readonly row: number;
  readonly gap: number;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly height: number;
}

/** Wider panoramas and narrower strips are shown as if they were so, cut by their tiles. */
export const WIDEST = 4;
export const NARROWEST = 0.4;
/** What is not known yet takes the room of an ordinary picture of a camera. */
export const UNKNOWN = 4 / 3;
/** A row is at most this much higher than wished, be it that it holds but a single picture. */
const TALLEST = 1.6;

/** The shape by which a picture is laid out: width through height, within bounds. */
export function shownRatio(ratio: number | null): number {
  if (ratio === null || !Number.isFinite(ratio) || ratio <= 0) return UNKNOWN;
  return Math.min(WIDEST, Math.max(NARROWEST, ratio));
}

/**
 * Rows for pictures of these ratios (width through height; null: not known), in their order.
 *
 * A row ends where its height is nearest to the wish. All rows but the last are as wide as the block; the last one is
 * as high as wished and ends where its pictures end.
 */
export function justified(ratios: readonly (number | null)[], shape: Shape): Layout {
  const boxes: Box[] = [];
  let top = 0;
  let first = 0;
  while (first < ratios.length) {
    const { end, height } = row(ratios, first, shape);
    let left = 0;
    for (let index = first; index < end; index++) {
      const width = Math.min(shownRatio(ratios[index]!) * height, shape.width);
      boxes.push({ left, top, width, height });
      left += width + shape.gap;
    }
    top += height + shape.gap;
    first = end;
  }
  return { boxes, height: Math.max(0, top - shape.gap) };
}

/** The row that begins with picture `first`: the picture after it, and how high it is. */
function row(ratios: readonly (number | null)[], first: number, shape: Shape): { end: number; height: number } {
  let sum = 0;
  let before = Number.POSITIVE_INFINITY;
  for (let end = first + 1; end <= ratios.length; end++) {
    sum += shownRatio(ratios[end - 1]!);
    const height = Math.max(1, (shape.width - shape.gap * (end - first - 1)) / sum);
    if (height <= shape.row) {
      const shorterIsNearer = before / shape.row < shape.row / height && before <= shape.row * TALLEST;
      return shorterIsNearer ? { end: end - 1, height: before } : { end, height };
    }
    before = height;
  }
  return { end: ratios.length, height: Math.min(before, shape.row) };
}

/** How many squares of about the wished height stand in a row. */
export function squaresPerRow({ width, row, gap }: Shape): number {
  return Math.max(1, Math.round((width + gap) / (row + gap)));
}

/** Squares of one size that fill the width. */
export function squares(count: number, shape: Shape): Layout {
  const perRow = squaresPerRow(shape);
  const edge = (shape.width - shape.gap * (perRow - 1)) / perRow;
  const boxes: Box[] = [];
  for (let index = 0; index < count; index++) {
    const left = (index % perRow) * (edge + shape.gap);
    boxes.push({ left, top: Math.floor(index / perRow) * (edge + shape.gap), width: edge, height: edge });
  }
  return { boxes, height: below(Math.ceil(count / perRow), edge, shape.gap) };
}

/** One below the other, each as wide as the block. */
export function lines(count: number, shape: Shape): Layout {
  const boxes = Array.from({ length: count }, (_, index) => ({ left: 0, top: index * (shape.row + shape.gap), width: shape.width, height: shape.row }));
  return { boxes, height: below(count, shape.row, shape.gap) };
}

function below(rows: number, height: number, gap: number): number {
  return rows === 0 ? 0 : rows * (height + gap) - gap;
}
