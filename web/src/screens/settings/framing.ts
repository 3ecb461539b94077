/** The square of a picture that a portrait shows, as the server is told it: parts of the width, the height and the shorter side. */

export interface Square {
  readonly left: number;
  readonly top: number;
  readonly edge: number;
}

/** Smaller than this nobody would be known in it. */
export const LEAST = 0.15;

/** The largest in the middle of a picture so many times wider than high. */
export function middle(ratio: number): Square {
  const { width, height } = sides(1, ratio);
  return { left: (1 - width) / 2, top: (1 - height) / 2, edge: 1 };
}

/** How much of the picture's width and height a square covers. */
export function sides(edge: number, ratio: number): { readonly width: number; readonly height: number } {
  return ratio > 1 ? { width: edge / ratio, height: edge } : { width: edge, height: edge * ratio };
}

/** Somewhere else, as far as the picture goes. */
export function moved(square: Square, by: { readonly x: number; readonly y: number }, ratio: number): Square {
  const { width, height } = sides(square.edge, ratio);
  return { ...square, left: between(square.left + by.x, 0, 1 - width), top: between(square.top + by.y, 0, 1 - height) };
}

/** Larger or smaller around its middle, as far as the picture goes. */
export function sized(square: Square, edge: number, ratio: number): Square {
  const next = between(edge, LEAST, 1);
  const [before, now] = [sides(square.edge, ratio), sides(next, ratio)];
  return moved({ ...square, edge: next }, { x: (before.width - now.width) / 2, y: (before.height - now.height) / 2 }, ratio);
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
