/** The tiles that a view shows: squares of Mercator's map in whole levels, wherever the world is cut. */
import { type MapView, MOST_ZOOM, project, type Size, worldSize } from './mercator';

/** One square. `x` counts columns from the date line eastwards and goes on beyond it: every world has its own columns. */
export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** Where a tile is on the screen, in whole pixels, so that no gap is between two of them. */
export interface Spot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A screen that would need more of them is drawn of larger ones. */
export const MOST_TILES = 160;

export function keyOf({ z, x, y }: Tile): string {
  return `${z}/${x}/${y}`;
}

/** The level whose tiles are nearest to their own size at a zoom. */
export function levelOf(zoom: number): number {
  return Math.min(MOST_ZOOM, Math.max(0, Math.round(zoom)));
}

/** The middle of a view on the square. `before`: where it was; the date line between them is stepped over, not jumped back from. */
export function middleOf(view: MapView, before: number | null): { readonly x: number; readonly y: number } {
  const { x, y } = project(view);
  return { x: before === null ? x : x + Math.round(before - x), y };
}

/** The tiles of a screen around a middle, those nearest to it first. */
export function tilesOf(middle: { readonly x: number; readonly y: number }, zoom: number, size: Size): Tile[] {
  for (let z = levelOf(zoom); ; z -= 1) {
    const many = 2 ** z;
    const side = worldSize(zoom) / many;
    const [x, y] = [middle.x * many, middle.y * many];
    const [across, up] = [size.width / 2 / side, size.height / 2 / side];
    const [west, east] = [Math.floor(x - across), Math.ceil(x + across) - 1];
    const [north, south] = [Math.max(0, Math.floor(y - up)), Math.min(many - 1, Math.ceil(y + up) - 1)];
    if (z > 0 && (east - west + 1) * (south - north + 1) > MOST_TILES) continue;
    const found: Tile[] = [];
    for (let row = north; row <= south; row += 1) for (let column = west; column <= east; column += 1) found.push({ z, x: column, y: row });
    const far = (tile: Tile) => Math.hypot(tile.x + 0.5 - x, tile.y + 0.5 - y);
    return found.sort((one, other) => far(one) - far(other));
  }
}

export function spotOf(tile: Tile, middle: { readonly x: number; readonly y: number }, zoom: number, size: Size): Spot {
  const scale = worldSize(zoom);
  const side = scale / 2 ** tile.z;
  const [left, right] = [tile.x, tile.x + 1].map((edge) => Math.round(size.width / 2 + edge * side - middle.x * scale));
  const [top, bottom] = [tile.y, tile.y + 1].map((edge) => Math.round(size.height / 2 + edge * side - middle.y * scale));
  return { left: left!, top: top!, width: right! - left!, height: bottom! - top! };
}

export function isSeen({ left, top, width, height }: Spot, size: Size): boolean {
  return left < size.width && left + width > 0 && top < size.height && top + height > 0;
}

/** The tile of the level before that has this one in it. */
export function above({ z, x, y }: Tile): Tile | null {
  return z === 0 ? null : { z: z - 1, x: Math.floor(x / 2), y: Math.floor(y / 2) };
}

/** A template for one screen: `{r}` in it is where many servers have tiles of twice as many points a side. */
export function forScreen(template: string, isDense: boolean): string {
  return template.replace('{r}', isDense ? '@2x' : '');
}

/** The address of a tile by a template with `{z}`, `{x}` and `{y}`. */
export function addressOf(template: string, { z, x, y }: Tile): string {
  const many = 2 ** z;
  const numbers: Record<string, number> = { z, x: ((x % many) + many) % many, y };
  return template.replace(/\{([xyz])\}/g, (_, name: string) => String(numbers[name]));
}
