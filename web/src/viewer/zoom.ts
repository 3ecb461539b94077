/** Where a picture lies on its stage while somebody looks closer: numbers alone. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point on the stage, seen from its middle. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How much larger than fitted, and where the middle of the picture is, seen from the middle of the stage. */
export interface Pose extends Point {
  readonly scale: number;
}

/** Everything that limits a pose: the stage, the picture fitted into it, and how far one can go in. */
export interface Room {
  readonly stage: Size;
  readonly fitted: Size;
  readonly most: number;
}

export const WHOLE: Pose = { scale: 1, x: 0, y: 0 };
/** Small pictures are not blown up further than this to fill the stage. */
const GROWN = 4;
/** Even large pictures are seen so many times larger, and small ones at so many points of the screen for each of theirs. */
const CLOSER = 3;
const POINTS = 2;

/** The picture as large as the stage lets it be. */
export function fit(picture: Size, stage: Size): Size {
  if (picture.width <= 0 || picture.height <= 0) return { width: 0, height: 0 };
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height, GROWN);
  return { width: Math.max(picture.width * scale, 0), height: Math.max(picture.height * scale, 0) };
}

export function roomOf(picture: Size, stage: Size): Room {
  const fitted = fit(picture, stage);
  const most = fitted.width > 0 ? Math.max(CLOSER, (POINTS * picture.width) / fitted.width) : CLOSER;
  return { stage, fitted, most };
}

/** The nearest pose that shows no more of the void than it must. */
export function bounded({ scale, x, y }: Pose, { stage, fitted, most }: Room): Pose {
  const within = Math.min(Math.max(scale, 1), most);
  return {
    scale: within,
    x: held(x, fitted.width * within, stage.width),
    y: held(y, fitted.height * within, stage.height),
  };
}

function held(middle: number, length: number, seen: number): number {
  const slack = (length - seen) / 2;
  return slack < 1e-6 ? 0 : Math.min(Math.max(middle, -slack), slack);
}

/** `factor` times as large, so that what was under `point` stays there. */
export function zoomed(pose: Pose, factor: number, point: Point, room: Room): Pose {
  const scale = Math.min(Math.max(pose.scale * factor, 1), room.most);
  const real = scale / pose.scale;
  return bounded({ scale, x: point.x - (point.x - pose.x) * real, y: point.y - (point.y - pose.y) * real }, room);
}

export function moved(pose: Pose, by: Point, room: Room): Pose {
  return bounded({ scale: pose.scale, x: pose.x + by.x, y: pose.y + by.y }, room);
}

/** A part of the way from one pose to another; the whole of it once they look the same. */
export function towards(from: Pose, to: Pose, part: number): Pose {
  const near = Math.abs(from.x - to.x) < 0.5 && Math.abs(from.y - to.y) < 0.5 && Math.abs(from.scale / to.scale - 1) < 0.002;
  if (near || part >= 1) return to;
  // In between sizes by their ratio, so that going in feels as fast at all sizes.
  const scale = from.scale * (to.scale / from.scale) ** part;
  return { scale, x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

export function same(one: Pose, other: Pose): boolean {
  return one.scale === other.scale && one.x === other.x && one.y === other.y;
}
