/** Lists that come page by page: what is there so far, and more of it when somebody asks. */
import { computed, getCurrentScope, onScopeDispose, type Ref, readonly, ref, shallowRef } from 'vue';
import { on } from '../api/events';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Pages<T> {
  /** Null until the first page is there. */
  readonly items: Readonly<Ref<readonly T[] | null>>;
  readonly hasMore: Readonly<Ref<boolean>>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly fault: Readonly<Ref<unknown>>;
  more(): Promise<void>;
  /** Begin again; as much is read as was there, up to `most` items. */
  reload(): Promise<void>;
}

const MOST_AGAIN = 500;
const TRIES = 3;

/** `read` asks for the page behind `cursor`; null: the first. Read again on events of these `kinds`. */
export function usePages<T>(read: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>, kinds: readonly string[] = []): Pages<T> {
  const items = shallowRef<readonly T[] | null>(null);
  const next = ref<string | null>(null);
  const busy = ref(false);
  const fault = shallowRef<unknown>(null);
  let asking = new AbortController();
  let reading: Promise<unknown> = Promise.resolve();
  let goesOn = false;

  /** Whether it came to an end, good or bad, before something else was asked. */
  async function ask(step: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    asking.abort();
    const mine = (asking = new AbortController());
    busy.value = true;
    try {
      await step(mine.signal);
      if (!mine.signal.aborted) fault.value = null;
    } catch (error) {
      if (!mine.signal.aborted) fault.value = error;
    } finally {
      if (!mine.signal.aborted) busy.value = false;
    }
    return !mine.signal.aborted;
  }

  const further = (): Promise<boolean> =>
    ask(async (signal) => {
      const page = await read(next.value, signal);
      if (signal.aborted) return;
      items.value = [...(items.value ?? []), ...page.items];
      next.value = page.next;
    });

  /** A list that is being read anew has another end: then it is asked from there. */
  async function more(): Promise<void> {
    if (goesOn) return;
    goesOn = true;
    for (let tries = 0; tries < TRIES; tries += 1) {
      await reading;
      if (next.value === null || (await further())) break;
    }
    goesOn = false;
  }

  const again = (): Promise<boolean> =>
    ask(async (signal) => {
      const wanted = Math.min(items.value?.length ?? 0, MOST_AGAIN);
      const found: T[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<T> = await read(cursor, signal);
        found.push(...page.items);
        cursor = page.next;
      } while (cursor !== null && found.length < wanted);
      if (signal.aborted) return;
      items.value = found;
      next.value = cursor;
    });

  async function reload(): Promise<void> {
    await (reading = again());
  }

  const stop = on(kinds, () => void reload());
  if (getCurrentScope()) {
    onScopeDispose(() => {
      stop();
      asking.abort();
    });
  }
  void reload();
  return { items: items as Readonly<Ref<readonly T[] | null>>, hasMore: computed(() => next.value !== null), busy: readonly(busy), fault, more, reload };
}
