/** What stands around a picture in a view, for who walks from one to the next: buckets, asked for as they are reached. */
import { client } from '../api/client';
import type { Order, ViewQuery } from '../pictures/query';
import { labelOf } from './faces';
import { type Pictures, type Source, sourceOf } from './source';
import type { Bucket } from './timeline';

export interface Neighbour {
  readonly id: string;
  readonly kind: string;
  readonly ratio: number | null;
  readonly blurhash: string | null;
  /** An address with `{size}` in it. */
  readonly thumbnail: string | null;
  readonly sortedAt: string;
  readonly label: string;
}

export interface Around {
  before: Neighbour[];
  here: Neighbour | null;
  after: Neighbour[];
}

export interface Neighbours {
  /** Up to so many before and after a picture, in the order of the view. Without `here` it is not in the view. */
  around(id: string, before: number, after: number, signal?: AbortSignal): Promise<Around>;
}

/** Where buckets are known already: a grid that shows the view, or nothing. */
export interface Known {
  buckets(signal?: AbortSignal): Promise<readonly Bucket[]>;
  pictures(key: string, signal?: AbortSignal): Promise<Pictures>;
}

/** As many buckets are remembered. */
const KEPT = 6;

/** Of a view that no grid shows. */
export function neighboursOf(query: ViewQuery, order: Order = 'desc'): Neighbours {
  return neighboursIn(remembering(sourceOf(query, order)));
}

export function neighboursIn(known: Known): Neighbours {
  return {
    async around(id, before, after, signal) {
      const buckets = await known.buckets(signal);
      const found = await find(known, buckets, id, signal);
      if (!found) return { before: [], here: null, after: [] };
      const { index, picture, pictures } = found;
      return {
        here: neighbour(pictures, picture),
        before: (await walk(known, buckets, index, pictures, picture, -1, before, signal)).reverse(),
        after: await walk(known, buckets, index, pictures, picture, 1, after, signal),
      };
    },
  };
}

interface Found {
  readonly index: number;
  readonly picture: number;
  readonly pictures: Pictures;
}

/** Its bucket is that of its time; at an edge between two of the same moment, the one or the other. */
async function find(known: Known, buckets: readonly Bucket[], id: string, signal: AbortSignal | undefined): Promise<Found | null> {
  const time = times.get(id) ?? (await client.get('/pictures/{picture_id}', { path: { picture_id: id }, signal })).sorted_at.slice(0, 26);
  for (const [index, { key, from, to }] of buckets.entries()) {
    const second = time.slice(0, 19);
    if (second < from.slice(0, 19) || (to !== null && second > to.slice(0, 19))) continue;
    const pictures = await known.pictures(key, signal);
    const picture = pictures.ids.indexOf(id);
    if (picture >= 0) return { index, picture, pictures };
  }
  return null;
}

async function walk(
  known: Known,
  buckets: readonly Bucket[],
  index: number,
  pictures: Pictures,
  picture: number,
  step: 1 | -1,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Neighbour[]> {
  const found: Neighbour[] = [];
  let [at, bucket, here] = [picture + step, index, pictures];
  while (found.length < most) {
    if (at >= 0 && at < here.ids.length) {
      found.push(neighbour(here, at));
      at += step;
      continue;
    }
    bucket += step;
    const next = buckets[bucket];
    if (!next) break;
    here = await known.pictures(next.key, signal);
    at = step > 0 ? 0 : here.ids.length - 1;
  }
  return found;
}

/** When pictures are that were walked past, so that nobody has to be asked. */
const times = new Map<string, string>();
const MOST_TIMES = 5000;

function neighbour(pictures: Pictures, index: number): Neighbour {
  const id = pictures.ids[index]!;
  const sortedAt = pictures.sorted_at[index]!;
  if (times.size > MOST_TIMES) times.clear();
  times.set(id, sortedAt);
  return {
    id,
    kind: pictures.kind[index]!,
    ratio: pictures.ratio[index] ?? null,
    blurhash: pictures.blurhash[index] ?? null,
    thumbnail: pictures.thumbnails[index] ?? null,
    sortedAt,
    label: labelOf(pictures, index),
  };
}

/** The same source, which need not be asked twice for what was just told. */
function remembering(source: Source): Known {
  let buckets: Promise<readonly Bucket[]> | null = null;
  const kept = new Map<string, Pictures>();
  return {
    async buckets() {
      buckets ??= source.buckets();
      try {
        return await buckets;
      } catch (error) {
        buckets = null;
        throw error;
      }
    },
    async pictures(key, signal) {
      const found = kept.get(key) ?? (await source.pictures(key, signal));
      kept.delete(key);
      kept.set(key, found);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
      return found;
    },
  };
}
