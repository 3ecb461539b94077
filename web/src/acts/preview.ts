/** What an act would change, asked a moment after the last stroke of who decides; the latest question wins. */
import { onScopeDispose, readonly, type Ref, ref, shallowRef, watch } from 'vue';

export interface Preview<T> {
  /** Null: nothing to tell yet, or nothing chosen. */
  readonly value: Readonly<Ref<T | null>>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly fault: Readonly<Ref<unknown>>;
}

const PAUSE = 250;

/** `wanted` is what is chosen, null for nothing; `ask` counts it. */
export function usePreview<W, T>(wanted: () => W | null, ask: (wanted: W, signal: AbortSignal) => Promise<T>): Preview<T> {
  const value = shallowRef<T | null>(null);
  const busy = ref(false);
  const fault = shallowRef<unknown>(null);
  let asking = new AbortController();
  let soon = 0;

  async function count(chosen: W, mine: AbortController): Promise<void> {
    try {
      const counted = await ask(chosen, mine.signal);
      if (mine.signal.aborted) return;
      value.value = counted;
    } catch (error) {
      if (mine.signal.aborted) return;
      value.value = null;
      fault.value = error;
    }
    busy.value = false;
  }

  watch(
    wanted,
    (chosen) => {
      clearTimeout(soon);
      asking.abort();
      fault.value = null;
      busy.value = chosen !== null;
      if (chosen === null) {
        value.value = null;
        return;
      }
      const mine = (asking = new AbortController());
      soon = window.setTimeout(() => void count(chosen, mine), PAUSE);
    },
    { immediate: true, deep: true },
  );
  onScopeDispose(() => {
    clearTimeout(soon);
    asking.abort();
  });
  return { value, busy: readonly(busy), fault };
}
