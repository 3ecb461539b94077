/** Lists that come page by page: what is there so far, and more of it when somebody asks. */
import { computed, getCurrentScope, onScopeDispose, type Ref, readonly, ref, shallowRef } from 'vue';
import { onSome } from '../api/events';
import { coalesced, turns } from '../api/turns';

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
  /** Read again as much as is there, up to `MOST_AGAIN` items; what lies behind those is kept. */
  reload(): Promise<void>;
  /** Another question: what is there and what is under way is dropped, and its first page read. */
  reset(): Promise<void>;
  /** What is there becomes something else: after an answer that told how. */
  change(to: (items: readonly T[]) => readonly T[]): void;
}

/** How many items are asked for at once: usually, and when as many are there and are read again. */
export interface Sizes {
  readonly usual: number;
  readonly most: number;
}

const MOST_AGAIN = 500;
/** From an event to the reading, in milliseconds: many events are one reading. */
const SOON = 300;

/**
 * `read` asks for a page of `limit` items behind `cursor`; null: the first. `keyOf` says which items are the same. Reading again (also
 * soon after events of these `kinds`) and going on take turns, so that neither is lost to the other.
 */
export function usePages<T>(
  read: (cursor: string | null, limit: number, signal: AbortSignal) => Promise<Page<T>>,
  keyOf: (item: T) => unknown,
  sizes: Sizes,
  kinds: readonly string[] = [],
): Pages<T> {
  const items = shallowRef<readonly T[] | null>(null);
  const next = ref<string | null>(null);
  const asked = ref(0);
  const fault = shallowRef<unknown>(null);
  let asking = new AbortController();
  let queue = turns();
  let going: Promise<void> | null = null;

  async function take(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = asking;
    asked.value += 1;
    try {
      await queue.take(async () => {
        if (!signal.aborted) await step(signal);
      });
      if (!signal.aborted) fault.value = null;
    } catch (error) {
      if (!signal.aborted) fault.value = error;
    } finally {
      asked.value -= 1;
    }
  }

  /** Pages until `wanted` items are there, and the cursor behind them; a page may be empty though others follow. */
  async function pagesFrom(start: string | null, wanted: number, signal: AbortSignal): Promise<Page<T>> {
    const found: T[] = [];
    let cursor = start;
    do {
      const limit = Math.min(sizes.most, Math.max(sizes.usual, wanted - found.length));
      const page: Page<T> = await read(cursor, limit, signal);
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== null && found.length < wanted && !signal.aborted);
    return { items: found, next: cursor };
  }

  async function further(signal: AbortSignal): Promise<void> {
    if (next.value === null) return;
    const page = await pagesFrom(next.value, 1, signal);
    if (!signal.aborted) show(joined(items.value ?? [], page.items), page.next);
  }

  async function first(signal: AbortSignal): Promise<void> {
    const page = await pagesFrom(null, 1, signal);
    if (!signal.aborted) show(page.items, page.next);
  }

  async function again(signal: AbortSignal): Promise<void> {
    const page = await pagesFrom(null, Math.max(1, Math.min(items.value?.length ?? 0, MOST_AGAIN)), signal);
    if (signal.aborted) return;
    const behind = page.next === null ? [] : behindOf(items.value ?? [], page.items.at(-1));
    show(joined(page.items, behind), behind.length > 0 ? next.value : page.next);
  }

  function show(found: readonly T[], cursor: string | null): void {
    items.value = found;
    next.value = cursor;
  }

  /** What was known behind an item; where it was not known, nothing can be kept. */
  function behindOf(known: readonly T[], last: T | undefined): readonly T[] {
    const at = last === undefined ? -1 : known.findIndex((one) => keyOf(one) === keyOf(last));
    return at < 0 ? [] : known.slice(at + 1);
  }

  function joined(first: readonly T[], second: readonly T[]): readonly T[] {
    const keys = new Set(first.map(keyOf));
    return [...first, ...second.filter((one) => !keys.has(keyOf(one)))];
  }

  const reload = coalesced(() => take(again));

  function more(): Promise<void> {
    if (going !== null) return going;
    const run = take(further).finally(() => {
      if (going === run) going = null;
    });
    going = run;
    return run;
  }

  function reset(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    queue = turns();
    items.value = next.value = going = null;
    return take(first);
  }

  const stop = onSome(kinds, SOON, () => void reload());
  if (getCurrentScope()) {
    onScopeDispose(() => {
      stop();
      asking.abort();
    });
  }
  void take(first);
  return {
    items: items as Readonly<Ref<readonly T[] | null>>,
    hasMore: computed(() => next.value !== null),
    busy: computed(() => asked.value > 0),
    fault: readonly(fault),
    more,
    reload,
    reset,
    change: (to) => (items.value = to(items.value ?? [])),
  };
}
