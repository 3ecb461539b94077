/** Clusters on a screen: those that would lie over each other become one, and what a click on one is to do. */
import type { Schemas } from '../../api/routes';
import { type Box, fitting, type MapView, MOST_ZOOM, onScreen, type Point, type Size, wrapped } from '../../map/mercator';

export type Cluster = Schemas['MapCluster'];

export interface Marker {
  readonly cluster: Cluster;
  readonly count: number;
  readonly box: Box;
  readonly at: Point;
}

/** Markers whose middles are nearer than this are one; in pixels. */
export const APART = 64;
/** So many pictures can be looked through beside the map; of more the map goes nearer. */
const FEW = 40;

/** What is drawn: the larger clusters stay where they are, smaller ones beside them are counted with them. */
export function markers(clusters: readonly Cluster[], view: MapView, size: Size): Marker[] {
  const found: Marker[] = [];
  for (const cluster of [...clusters].sort((one, other) => other.count - one.count)) {
    const at = onScreen(cluster, view, size);
    const near = found.findIndex((one) => Math.hypot(one.at.x - at.x, one.at.y - at.y) < APART);
    if (near < 0) found.push({ cluster, count: cluster.count, box: boxOf(cluster), at });
    else found[near] = { ...found[near]!, count: found[near]!.count + cluster.count, box: together(found[near]!.box, boxOf(cluster)) };
  }
  return found.filter(({ at }) => at.x > -APART && at.y > -APART && at.x < size.width + APART && at.y < size.height + APART);
}

function boxOf({ south, west, north, east }: Box): Box {
  return { south, west, north, east };
}

/** The smallest box around both, across the date line where that is shorter. */
export function together(one: Box, other: Box): Box {
  const south = Math.min(one.south, other.south);
  const north = Math.max(one.north, other.north);
  const straight = { south, north, west: Math.min(one.west, other.west), east: Math.max(one.east, other.east) };
  const first = wrapped(other.west - one.west) >= 0 ? one : other;
  const last = first === one ? other : one;
  const across = { south, north, west: first.west, east: spanOf({ ...first, east: last.east }) >= spanOf(first) ? last.east : first.east };
  const plain = one.west <= one.east && other.west <= other.east;
  return plain && spanOf(straight) <= spanOf(across) + 1e-9 ? straight : across;
}

/** How many degrees a box is wide. */
function spanOf({ west, east }: Pick<Box, 'west' | 'east'>): number {
  return west <= east ? east - west : east - west + 360;
}

/** The view that a click on a marker leads to; null: its pictures are to be shown, as they are few, or cannot be told apart. */
export function nearer(marker: Marker, view: MapView, size: Size): MapView | null {
  if (marker.count <= FEW) return null;
  const next = fitting(marker.box, size, 80, MOST_ZOOM);
  return view.zoom >= MOST_ZOOM - 2 || next.zoom < view.zoom + 0.3 ? null : { ...next, zoom: Math.min(next.zoom, view.zoom + 5) };
}

/** A box around all clusters; null where there are none. */
export function around(clusters: readonly Cluster[]): Box | null {
  const [first, ...more] = clusters;
  return first ? more.reduce<Box>((all, one) => together(all, boxOf(one)), boxOf(first)) : null;
}

/** What is asked for of a part of the map: somewhat more than is seen, so that pushing finds it there. */
export function wider(box: Box, part = 0.25): Box {
  const high = (box.north - box.south) * part;
  const wide = spanOf(box) * part;
  const all = spanOf(box) + 2 * wide >= 360;
  return {
    south: Math.max(-90, box.south - high),
    north: Math.min(90, box.north + high),
    west: all ? -180 : wrapped(box.west - wide),
    east: all ? 180 : wrapped(box.east + wide),
  };
}

/** A box as a condition of the query language; the edges a little outwards, as digits are cut. */
export function boxQuery({ south, west, north, east }: Box): string {
  const low = (value: number) => (Math.floor(value * 1e5) / 1e5).toString();
  const high = (value: number) => (Math.ceil(value * 1e5) / 1e5).toString();
  return `box:${low(south)},${low(west)},${high(north)},${high(east)}`;
}

/** `46.00000,7.00000,5.0` as a view, from an address; null for what is none. */
export function viewOf(text: unknown): MapView | null {
  if (typeof text !== 'string') return null;
  const numbers = text.split(',').map(Number);
  const [latitude, longitude, zoom] = numbers;
  if (numbers.length !== 3 || numbers.some((one) => !Number.isFinite(one))) return null;
  return { latitude: Math.max(-85, Math.min(85, latitude!)), longitude: wrapped(longitude!), zoom: Math.max(0, Math.min(MOST_ZOOM, zoom!)) };
}

export function written({ latitude, longitude, zoom }: MapView): string {
  return `${latitude.toFixed(4)},${longitude.toFixed(4)},${zoom.toFixed(2)}`;
}

/** `45,6,46,7` as a box, from an address. */
export function boxFrom(text: unknown): Box | null {
  if (typeof text !== 'string') return null;
  const numbers = text.split(',').map(Number);
  const [south, west, north, east] = numbers;
  if (numbers.length !== 4 || numbers.some((one) => !Number.isFinite(one)) || south! > north!) return null;
  if (south! < -90 || north! > 90 || Math.abs(west!) > 180 || Math.abs(east!) > 180) return null;
  return { south: south!, west: west!, north: north!, east: east! };
}
