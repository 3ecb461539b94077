/** The buckets of a view, asked for when it is opened and again when something has changed. */
import { onScopeDispose, ref, type Ref, shallowRef } from 'vue';
import { on } from '../api/events';
import { Unreachable } from '../api/problem';
import type { Source } from './source';
import type { Bucket } from './timeline';

/** Whatever changes which pictures a view has, where they are in it or how they look. */
const KINDS = [
  'picture.added', 'picture.ready', 'picture.failed', 'picture.updated', 'picture.trashed', 'picture.restored', 'picture.purged', 'pictures.changed', 'tags.changed',
];
/** Events come in swarms: the first is heeded soon, those that follow at this pace, in milliseconds. */
const SOON = 200;
const PACE = 1500;
/** A server that did not answer is asked again after so long. */
const AGAIN = 4000;

export interface Live {
  /** Null until they are there for the first time. */
  readonly buckets: Ref<readonly Bucket[] | null>;
  /** Why there are none, or none that are new. */
  readonly fault: Ref<unknown>;
  /** Other pictures: what was there is forgotten. */
  open(source: Source): void;
  reload(): Promise<void>;
}

export function useLive(opened: (buckets: readonly Bucket[]) => void, changed: (buckets: readonly Bucket[]) => void): Live {
  const buckets = shallowRef<readonly Bucket[] | null>(null);
  const fault = shallowRef<unknown>(null);
  const busy = ref(false);
  let source: Source | null = null;
  let asking = new AbortController();
  let timer = 0;
  let last = 0;

  async function read(): Promise<void> {
    if (!source) return;
    asking.abort();
    const mine = (asking = new AbortController());
    busy.value = true;
    try {
      const found = await source.buckets(mine.signal);
      if (mine.signal.aborted) return;
      fault.value = null;
      const isFirst = buckets.value === null;
      buckets.value = found;
      (isFirst ? opened : changed)(found);
    } catch (error) {
      if (mine.signal.aborted) return;
      fault.value = error;
      if (error instanceof Unreachable) later(AGAIN);
    } finally {
      if (mine === asking) busy.value = false;
      last = performance.now();
    }
  }

  function later(wait: number): void {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      timer = 0;
      // What is under way may have begun before the event: its answer is waited for, and asked for once more.
      if (busy.value) later(SOON);
      else void read();
    }, wait);
  }

  const stop = on(KINDS, () => {
    if (!timer) later(Math.max(SOON, last + PACE - performance.now()));
  });
  onScopeDispose(() => {
    stop();
    clearTimeout(timer);
    asking.abort();
  });

  return {
    buckets,
    fault,
    open(next) {
      source = next;
      buckets.value = null;
      fault.value = null;
      void read();
    },
    reload: read,
  };
}
