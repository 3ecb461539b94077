/** Which tiles are fetched, shown and let go while a map moves: few at once, the middle first, what is there until better is. */
import type { MapView, Size } from './mercator';
import { above, addressOf, isSeen, keyOf, levelOf, middleOf, type Spot, spotOf, type Tile, tilesOf } from './tiles';

export interface ShownTile extends Spot {
  readonly key: string;
  readonly address: string;
  /** False while it is fetched. */
  readonly isThere: boolean;
}

/** So many are fetched at once. */
export const MOST_FETCHED = 8;
/** So many of other levels stay below until those that are wanted are there. */
export const MOST_KEPT = 48;
/** One that failed is asked for again after so long, in milliseconds. */
export const AGAIN = 30_000;
/** Instead of one that failed the one above it is tried, so many levels up: not all servers have all levels. */
const UPWARDS = 4;
const MOST_FAILED = 2000;

export class TileLayer {
  private readonly template: string;
  private readonly tiles = new Map<string, { readonly tile: Tile; isThere: boolean }>();
  /** When each failed, by address. */
  private readonly failed = new Map<string, number>();
  private wanted: readonly Tile[] = [];
  private middle: { readonly x: number; readonly y: number } | null = null;
  private zoom = 0;
  private size: Size = { width: 0, height: 0 };

  constructor(template: string) {
    this.template = template;
  }

  /** The map shows this now; `now` in milliseconds. */
  look(view: MapView, size: Size, now: number): void {
    this.middle = middleOf(view, this.middle?.x ?? null);
    [this.zoom, this.size] = [view.zoom, size];
    for (const [address, at] of this.failed) if (now - at > AGAIN) this.failed.delete(address);
    this.plan();
  }

  /** A tile is there, or could not be had. */
  settle(key: string, isThere: boolean, now: number): void {
    const found = this.tiles.get(key);
    if (!found || found.isThere) return;
    if (isThere) found.isThere = true;
    else {
      this.tiles.delete(key);
      if (this.failed.size >= MOST_FAILED) this.failed.clear();
      this.failed.set(addressOf(this.template, found.tile), now);
    }
    this.plan();
  }

  /** What is to be drawn, coarse ones first: finer ones lie above them. */
  shown(): ShownTile[] {
    const { middle, zoom, size, template } = this;
    if (!middle) return [];
    return [...this.tiles]
      .sort(([, one], [, other]) => one.tile.z - other.tile.z)
      .map(([key, { tile, isThere }]) => ({ key, address: addressOf(template, tile), isThere, ...spotOf(tile, middle, zoom, size) }));
  }

  /** Whether nothing of what is looked at could be had. */
  get isMissing(): boolean {
    return this.failed.size > 0 && this.tiles.size === 0;
  }

  private plan(): void {
    const middle = this.middle;
    if (!middle || this.size.width < 2) return;
    this.wanted = this.reachable(tilesOf(middle, this.zoom, this.size));
    const wanted = new Set(this.wanted.map(keyOf));
    const isWhole = this.wanted.every((tile) => this.tiles.get(keyOf(tile))?.isThere);
    const kept = isWhole ? new Set<string>() : this.below(wanted, middle);
    for (const key of this.tiles.keys()) if (!wanted.has(key) && !kept.has(key)) this.tiles.delete(key);
    let fetched = [...this.tiles.values()].filter(({ isThere }) => !isThere).length;
    for (const tile of this.wanted) {
      if (fetched >= MOST_FETCHED) break;
      if (this.tiles.has(keyOf(tile))) continue;
      this.tiles.set(keyOf(tile), { tile, isThere: false });
      fetched += 1;
    }
  }

  /** The tiles themselves, or for those that failed what lies above them; each once. */
  private reachable(tiles: readonly Tile[]): Tile[] {
    const found = new Map<string, Tile>();
    for (const tile of tiles) {
      let one: Tile | null = tile;
      while (one && this.failed.has(addressOf(this.template, one))) one = tile.z - one.z < UPWARDS ? above(one) : null;
      if (one) found.set(keyOf(one), one);
    }
    return [...found.values()];
  }

  /** What is there of other levels and still in view, the nearest levels first. */
  private below(wanted: ReadonlySet<string>, middle: { readonly x: number; readonly y: number }): Set<string> {
    const level = levelOf(this.zoom);
    const found = [...this.tiles].filter(
      ([key, { tile, isThere }]) => isThere && !wanted.has(key) && isSeen(spotOf(tile, middle, this.zoom, this.size), this.size),
    );
    found.sort(([, one], [, other]) => Math.abs(one.tile.z - level) - Math.abs(other.tile.z - level));
    return new Set(found.slice(0, MOST_KEPT).map(([key]) => key));
  }
}
