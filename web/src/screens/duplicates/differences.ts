/** In what pictures of a group differ, and which of them has the most to offer. */
import type { Schemas } from '../../api/routes';

type Picture = Schemas['PictureItem'];

export type FactName = 'resolution' | 'size' | 'date' | 'filename' | 'type' | 'came' | 'rating' | 'title' | 'tags' | 'place' | 'owner';

export interface Difference {
  readonly name: FactName;
  /** One for each picture, in the order of the group; empty: it says nothing of it. */
  readonly values: readonly string[];
  /** Of what can be more or less: which of them have the most. */
  readonly best: readonly boolean[];
}

export interface Written {
  number(value: number): string;
  bytes(value: number): string;
  wall(clock: string): string;
  moment(at: string): string;
}

type Reader = (picture: Picture, written: Written) => string;

const READERS: readonly (readonly [FactName, Reader, ((picture: Picture) => number)?])[] = [
  ['resolution', ({ width, height }) => (width && height ? `${width} × ${height}` : ''), ({ width, height }) => (width ?? 0) * (height ?? 0)],
  ['size', ({ size }, { bytes }) => bytes(size), ({ size }) => size],
  ['date', ({ captured_at }, { wall }) => (captured_at ? wall(captured_at) : '')],
  ['title', ({ title }) => title ?? ''],
  ['tags', ({ tags }) => tags.map((path) => path.slice(1)).join(', '), ({ tags }) => tags.length],
  ['rating', ({ rating }) => (rating ? '★'.repeat(rating) : ''), ({ rating }) => rating ?? 0],
  ['place', ({ latitude, longitude }) => (latitude === null || longitude === null ? '' : `${latitude.toFixed(3)}, ${longitude.toFixed(3)}`)],
  ['filename', ({ filename }) => filename],
  ['type', ({ media_type }) => media_type.split('/')[1] ?? media_type],
  ['owner', ({ received, owner }) => (received ? (owner ?? '') : '')],
  ['came', ({ ingested_at }, { moment }) => moment(ingested_at)],
];

/** What is not the same in all of them. */
export function differences(pictures: readonly Picture[], written: Written): readonly Difference[] {
  return READERS.flatMap(([name, read, measure]) => {
    const values = pictures.map((picture) => read(picture, written));
    // Sizes that are written alike may still differ.
    const measures = measure ? pictures.map(measure) : null;
    const differs = new Set(values).size > 1 || (measures !== null && new Set(measures).size > 1 && name !== 'tags');
    if (!differs) return [];
    const most = measures ? Math.max(...measures) : null;
    return [{ name, values, best: pictures.map((_, index) => measures !== null && measures[index] === most && new Set(measures).size > 1) }];
  });
}

/** What is marked to begin with: the one that stands for the group stays. */
export function firstMarks(pictures: readonly Picture[], shown: string): ReadonlySet<string> {
  return new Set(pictures.filter(({ id }) => id !== shown).map(({ id }) => id));
}
