/** The clusters of what a map shows, asked for as it is moved: the latest question wins. */
import { onScopeDispose, ref, shallowRef } from 'vue';
import { client } from '../../api/client';
import { onSome } from '../../api/events';
import { Problem, Unreachable } from '../../api/problem';
import { coalesced } from '../../api/turns';
import { type Box, boxOf, type MapView, type Size } from '../../map/mercator';
import { type Cluster, wider } from './clusters';

const NEWS = ['pictures.changed', 'picture.added', 'picture.updated', 'picture.trashed', 'picture.restored', 'picture.purged'];
/** A map that is being pushed asks once it rests, in milliseconds. */
const REST = 160;

export function usePlaces(query: () => string, view: () => MapView, size: () => Size) {
  const clusters = shallowRef<readonly Cluster[]>([]);
  const fault = shallowRef<unknown>(null);
  /** False until the first answer. */
  const known = ref(false);
  let asking = new AbortController();
  let later = 0;

  async function ask(box: Box, zoom: number, signal: AbortSignal): Promise<readonly Cluster[]> {
    const { items } = await client.get('/map', { query: { ...box, zoom, q: query() }, signal });
    return items;
  }

  async function load(): Promise<void> {
    clearTimeout(later);
    asking.abort();
    const mine = (asking = new AbortController());
    try {
      const found = await ask(wider(boxOf(view(), size())), Math.round(view().zoom), mine.signal);
      if (mine.signal.aborted) return;
      [clusters.value, fault.value, known.value] = [found, null, true];
    } catch (error) {
      if (!mine.signal.aborted) fault.value = error;
      if (!(error instanceof Problem || error instanceof Unreachable) && !mine.signal.aborted) console.error(error);
    }
  }

  function soon(): void {
    clearTimeout(later);
    later = window.setTimeout(() => void load(), REST);
  }

  const again = coalesced(load);
  const stop = onSome(NEWS, REST, () => void again());
  onScopeDispose(() => {
    stop();
    clearTimeout(later);
    asking.abort();
  });

  return {
    clusters,
    fault,
    known,
    load,
    soon,
    /** All places at once, coarsely. */
    everywhere: () => ask({ south: -90, west: -180, north: 90, east: 180 }, 2, AbortSignal.timeout(60_000)),
  };
}
