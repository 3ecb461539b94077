/** The world on a plane: Mercator's map as a square of side 1, and the part of it that a screen shows. */

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is looked at: the middle, and how near. At zoom 0 the world is 256 pixels wide, each step doubles it. */
export interface MapView extends Place {
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Beyond it Mercator's map goes on without end. */
export const MOST_LATITUDE = 85.05112878;
export const MOST_ZOOM = 18;
/** How wide the world is at zoom 0, and how wide tiles are, in pixels. */
const TILE = 256;

/** Where a place is on the square: x from west to east, y from north to south. */
export function project({ latitude, longitude }: Place): Point {
  const inside = Math.min(MOST_LATITUDE, Math.max(-MOST_LATITUDE, latitude));
  const sine = Math.sin((inside * Math.PI) / 180);
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
}

/** The place at a point of the square, or of one of its copies to the east and west. */
export function unproject({ x, y }: Point): Place {
  const latitude = (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
  return { latitude, longitude: wrapped((x - 0.5) * 360) };
}

/** A longitude from -180 up to 180. */
export function wrapped(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

/** How many pixels the world is wide. */
export function worldSize(zoom: number): number {
  return TILE * 2 ** zoom;
}

/** The farthest view: a screen never shows more than one world, from top to bottom nor across. */
export function leastZoom({ width, height }: Size): number {
  return Math.max(0, Math.log2(Math.max(width, height, 1) / TILE));
}

/** A view within bounds: nothing beyond the poles, not too near, not too far. */
export function held(view: MapView, size: Size): MapView {
  const zoom = Math.min(MOST_ZOOM, Math.max(leastZoom(size), view.zoom));
  const half = size.height / 2 / worldSize(zoom);
  const { y } = project(view);
  const middle = Math.min(1 - half, Math.max(half, y));
  const latitude = middle === y ? view.latitude : unproject({ x: 0.5, y: middle }).latitude;
  return { latitude, longitude: wrapped(view.longitude), zoom };
}

/** Where a place is on the screen; of its copies the one nearest to the middle. */
export function onScreen(place: Place, view: MapView, size: Size): Point {
  const scale = worldSize(view.zoom);
  const here = project(place);
  const middle = project(view);
  const across = ((((here.x - middle.x + 0.5) % 1) + 1) % 1) - 0.5;
  return { x: size.width / 2 + across * scale, y: size.height / 2 + (here.y - middle.y) * scale };
}

/** The place that a point of the screen shows. */
export function placeAt(point: Point, view: MapView, size: Size): Place {
  const scale = worldSize(view.zoom);
  const middle = project(view);
  return unproject({ x: middle.x + (point.x - size.width / 2) / scale, y: middle.y + (point.y - size.height / 2) / scale });
}

/** The view after the map was pushed by so many pixels. */
export function pushed(view: MapView, dx: number, dy: number, size: Size): MapView {
  const scale = worldSize(view.zoom);
  const { x, y } = project(view);
  return held({ ...unproject({ x: x - dx / scale, y: Math.min(1, Math.max(0, y - dy / scale)) }), zoom: view.zoom }, size);
}

/** The view nearer or farther by so many steps, what is at `point` staying there. */
export function zoomed(view: MapView, steps: number, point: Point, size: Size): MapView {
  const zoom = Math.min(MOST_ZOOM, Math.max(leastZoom(size), view.zoom + steps));
  const here = placeAt(point, view, size);
  const shift = { x: point.x - size.width / 2, y: point.y - size.height / 2 };
  const { x, y } = project(here);
  const scale = worldSize(zoom);
  return held({ ...unproject({ x: x - shift.x / scale, y: y - shift.y / scale }), zoom }, size);
}

/** What a screen shows; all longitudes where it shows the whole world, west greater than east across the date line. */
export function boxOf(view: MapView, size: Size): Box {
  const north = placeAt({ x: 0, y: 0 }, view, size).latitude;
  const south = placeAt({ x: 0, y: size.height }, view, size).latitude;
  if (size.width >= worldSize(view.zoom)) return { south, west: -180, north, east: 180 };
  return { south, west: placeAt({ x: 0, y: 0 }, view, size).longitude, north, east: placeAt({ x: size.width, y: 0 }, view, size).longitude };
}

/** The view that shows a box whole, with a margin in pixels. */
export function fitting(box: Box, size: Size, margin = 40, nearest = 14): MapView {
  const one = project({ latitude: box.north, longitude: box.west });
  const other = project({ latitude: box.south, longitude: box.east });
  const width = box.west <= box.east ? other.x - one.x : other.x - one.x + 1;
  const room = { width: Math.max(size.width - 2 * margin, 50), height: Math.max(size.height - 2 * margin, 50) };
  const scale = Math.min(room.width / Math.max(width, 1e-9), room.height / Math.max(other.y - one.y, 1e-9));
  const zoom = Math.min(nearest, Math.log2(scale / TILE));
  return held({ ...unproject({ x: one.x + width / 2, y: (one.y + other.y) / 2 }), zoom }, size);
}

/** `45.9237° N, 6.8694° E`, with the letters of the spoken language. */
export function writtenPlace({ latitude, longitude }: Place, letters: string): string {
  const [north, east, south, west] = [...letters];
  return `${Math.abs(latitude).toFixed(4)}° ${latitude >= 0 ? north : south}, ${Math.abs(longitude).toFixed(4)}° ${longitude >= 0 ? east : west}`;
}

/** Where a copy of the world is on the screen, and how wide. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** How far the worlds are to the east that the screen shows a part of: 0 is the one in the middle. */
export function copies(view: MapView, size: Size): number[] {
  const { left, scale } = framed(view, size, 0);
  // Lands that lie on the date line go beyond the edge of their world.
  const beyond = scale / 8;
  return [-1, 0, 1].filter((copy) => left + copy * scale - beyond < size.width && left + (copy + 1) * scale + beyond > 0);
}

export function framed(view: MapView, size: Size, copy: number): Frame {
  const scale = worldSize(view.zoom);
  const { x, y } = project(view);
  return { left: size.width / 2 - (x - copy) * scale, top: size.height / 2 - y * scale, scale };
}
