/** Outlines of lands and countries, from files beside the application; read when a map is first seen. */
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import coarseUrl from 'world-atlas/countries-110m.json?url';
import fineUrl from 'world-atlas/countries-50m.json?url';
import { project } from './mercator';
import { type Ring, unbroken } from './outlines';

/** A stretch of land or a border, on Mercator's square. */
export interface Outline {
  readonly path: Path2D;
  readonly west: number;
  readonly east: number;
  readonly north: number;
  readonly south: number;
}

/** A country's name, and how much room it has on the square. */
export interface Label {
  /** Its number by ISO 3166-1. */
  readonly id: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface World {
  readonly lands: readonly Outline[];
  readonly borders: readonly Outline[];
  readonly labels: readonly Label[];
}

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;

/** From this zoom on the coarse outlines look coarse. */
export const FINE_FROM = 4;
const kept = new Map<string, Promise<World>>();

/** The outlines for a zoom. Raises where the server does not answer; asking again tries again. */
export function world(zoom: number): Promise<World> {
  const url = zoom < FINE_FROM ? coarseUrl : fineUrl;
  let found = kept.get(url);
  if (!found) {
    found = read(url);
    kept.set(url, found);
    found.catch(() => kept.delete(url));
  }
  return found;
}

async function read(url: string): Promise<World> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`No outlines: ${answer.status}`);
  const topology = (await answer.json()) as Countries;
  const lands: Outline[] = [];
  const labels: Label[] = [];
  for (const country of feature(topology, topology.objects.countries).features) {
    const { geometry } = country;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
    const outlines = polygons.map((rings) => outline(rings, true));
    lands.push(...outlines);
    const largest = outlines.reduce<Outline | null>((best, one) => (best && area(best) >= area(one) ? best : one), null);
    if (largest) labels.push(labelled(String(country.id ?? ''), country.properties.name, largest));
  }
  const between = mesh(topology, topology.objects.countries, (one, other) => one !== other);
  return { lands, borders: between.coordinates.map((line) => outline([line], false)), labels: labels.sort((one, other) => other.width - one.width) };
}

function outline(rings: readonly Ring[], closed: boolean): Outline {
  const path = new Path2D();
  let [west, east, north, south] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const ring of rings) {
    unbroken(ring).forEach(([longitude, latitude], index) => {
      const { x, y } = project({ latitude: latitude!, longitude: longitude! });
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
      [west, east, north, south] = [Math.min(west, x), Math.max(east, x), Math.min(north, y), Math.max(south, y)];
    });
    if (closed) path.closePath();
  }
  return { path, west, east, north, south };
}

function area({ west, east, north, south }: Outline): number {
  return (east - west) * (south - north);
}

function labelled(id: string, name: string, { west, east, north, south }: Outline): Label {
  return { id, name, x: (west + east) / 2, y: (north + south) / 2, width: east - west };
}
