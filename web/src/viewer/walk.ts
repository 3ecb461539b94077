/** Walking along a view: what stands around the picture that is seen. */
import { type Ref, computed, onScopeDispose, shallowRef, watch } from 'vue';
import { onSome } from '../api/events';
import { coalesced } from '../api/turns';
import type { Neighbour, Neighbours } from '../timeline/neighbours';
import { besides, heir, isShort, NOBODY, placeOf, REACH, type Strip, stripOf, without } from './strip';

export interface Walk {
  readonly strip: Readonly<Ref<Strip>>;
  readonly here: Readonly<Ref<Neighbour | null>>;
  /** Who comes `by` places after the present one, or after another. */
  besides(by: number, from?: string): Neighbour | null;
  /** Where to go when the present one is taken away. */
  heir(): Neighbour | null;
  /** The present one is there no more. */
  drop(id: string): void;
}

const NEWS = ['pictures.changed', 'picture.ready', 'picture.updated'];

export function useWalk(id: () => string, neighbours: () => Neighbours): Walk {
  const strip = shallowRef<Strip>(NOBODY);
  let asking = new AbortController();

  async function ask(): Promise<void> {
    asking.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await neighbours().around(id(), REACH, REACH, mine.signal);
      // Something that is not in this view any more still stands where it stood.
      if (!mine.signal.aborted && (answer.here || placeOf(strip.value, id()) < 0)) strip.value = stripOf(answer);
    } catch {
      // What is known stays; the next step asks again.
    }
  }

  watch(id, (now) => void (isShort(strip.value, now) && ask()), { immediate: true });
  watch(neighbours, () => void ask());
  const again = coalesced(ask);
  const stop = onSome(NEWS, 400, () => void again());
  onScopeDispose(() => {
    stop();
    asking.abort();
  });

  return {
    strip,
    here: computed(() => strip.value.all.find((one) => one.id === id()) ?? null),
    besides: (by, from = id()) => besides(strip.value, from, by),
    heir: () => heir(strip.value, id()),
    drop: (gone) => (strip.value = without(strip.value, gone)),
  };
}
