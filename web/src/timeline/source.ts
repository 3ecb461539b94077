/** Where the pictures of a view come from: `GET /timeline` and `GET /timeline/bucket`. */
import { client } from '../api/client';
import { type Order, parametersOf, type ViewQuery } from '../pictures/query';
import type { Columns } from './days';
import type { Spot } from './selection';
import type { Bucket } from './timeline';

/** The columns of `GET /timeline/bucket`. */
export interface Pictures extends Columns {
  readonly blurhash: readonly (string | null)[];
  readonly thumbnails: readonly (string | null)[];
  readonly kind: readonly string[];
  readonly state: readonly string[];
  readonly duration: readonly (number | null)[];
  readonly rating: readonly (number | null)[];
  readonly name: readonly string[];
  /** The key of what did not fit into the answer. */
  readonly next: string | null;
}

export interface Source {
  buckets(signal?: AbortSignal): Promise<readonly Bucket[]>;
  pictures(key: string, signal?: AbortSignal): Promise<Pictures>;
  /** All pictures of one moment; null where these are more than can be named. */
  moment(time: string, signal?: AbortSignal): Promise<readonly Spot[] | null>;
}

/** More pictures of one moment than batch calls take by name. */
const MOST_PAGES = 5;

export function sourceOf(query: ViewQuery, order: Order): Source {
  const asked = { ...parametersOf(query), order };

  async function pictures(key: string, signal?: AbortSignal): Promise<Pictures> {
    const found = await client.get('/timeline/bucket', { query: { ...asked, key } as never, signal });
    return found as unknown as Pictures;
  }

  return {
    pictures,
    async buckets(signal) {
      return (await client.get('/timeline', { query: asked as never, signal })).items;
    },
    async moment(time, signal) {
      const spots: Spot[] = [];
      let key: string | null = `${time}..${momentAfter(time)}`;
      for (let page = 0; key !== null; page++) {
        if (page === MOST_PAGES) return null;
        const found: Pictures = await pictures(key, signal);
        found.ids.forEach((id, index) => spots.push({ id, time: found.sorted_at[index]! }));
        key = found.next;
      }
      return spots;
    },
  };
}

/** The microsecond after: what is before it and not before `time` is of the same moment. */
export function momentAfter(time: string): string {
  const [second = '', fraction = ''] = time.split('.');
  const after = Number(fraction.padEnd(6, '0')) + 1;
  if (after < 1_000_000) return `${second}.${String(after).padStart(6, '0')}`;
  return new Date(Date.parse(`${second}Z`) + 1000).toISOString().slice(0, 19);
}
