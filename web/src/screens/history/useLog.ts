/** The log of operations: its newest page, kept up by what happens, and as many older ones as somebody asked for. */
import { computed, onScopeDispose, readonly, type Ref, ref, shallowRef } from 'vue';
import { client } from '../../api/client';
import { on } from '../../api/events';
import { joined, type Operation } from './days';

export interface Log {
  readonly operations: Readonly<Ref<readonly Operation[] | null>>;
  readonly hasMore: Readonly<Ref<boolean>>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly fault: Readonly<Ref<unknown>>;
  reload(): Promise<void>;
  older(): Promise<void>;
}

const PAGE = 60;
const MOST = 500;
const SOON = 300;
const TRIES = 10;
const KINDS = ['pictures.changed', 'tags.changed', 'picture.updated', 'picture.trashed', 'picture.restored', 'services.changed'];

export function useLog(): Log {
  const operations = shallowRef<readonly Operation[] | null>(null);
  const next = ref<string | null>(null);
  const busy = ref(false);
  const fault = shallowRef<unknown>(null);
  let asking = new AbortController();
  let soon = 0;
  let reading: Promise<void> = Promise.resolve();
  let goesOn = false;

  /** All that is shown, read again: what is undone stands in old rows, too. */
  function reload(): Promise<void> {
    return (reading = again());
  }

  async function again(): Promise<void> {
    asking.abort();
    const mine = (asking = new AbortController());
    const known = operations.value ?? [];
    busy.value = true;
    try {
      const limit = Math.min(MOST, Math.max(PAGE, known.length));
      const page = await client.get('/operations', { query: { limit }, signal: mine.signal });
      if (mine.signal.aborted) return;
      operations.value = known.length > limit ? joined(page.items, known) : page.items;
      if (known.length <= limit) next.value = page.next;
      fault.value = null;
    } catch (error) {
      if (!mine.signal.aborted) fault.value = error;
    } finally {
      if (!mine.signal.aborted) busy.value = false;
    }
  }

  /** What happens meanwhile moves the end of the list: then it is asked from there. */
  async function older(): Promise<void> {
    if (goesOn) return;
    goesOn = true;
    for (let tries = 0; tries < TRIES; tries += 1) {
      await reading;
      if (next.value === null || (await further())) break;
    }
    goesOn = false;
  }

  /** Whether it is over, one way or another. */
  async function further(): Promise<boolean> {
    const mine = asking;
    busy.value = true;
    try {
      const page = await client.get('/operations', { query: { limit: PAGE, cursor: next.value }, signal: mine.signal });
      if (mine.signal.aborted) return false;
      const ids = new Set((operations.value ?? []).map(({ id }) => id));
      operations.value = [...(operations.value ?? []), ...page.items.filter(({ id }) => !ids.has(id))];
      next.value = page.next;
    } catch (error) {
      if (mine.signal.aborted) return false;
      fault.value = error;
    } finally {
      if (!mine.signal.aborted) busy.value = false;
    }
    return true;
  }

  const stop = on(KINDS, () => {
    if (soon !== 0) return;
    soon = window.setTimeout(() => {
      soon = 0;
      void reload();
    }, SOON);
  });
  onScopeDispose(() => {
    stop();
    clearTimeout(soon);
    asking.abort();
  });
  void reload();
  return {
    operations: readonly(operations) as Log['operations'],
    hasMore: computed(() => next.value !== null),
    busy: readonly(busy),
    fault,
    reload,
    older,
  };
}
