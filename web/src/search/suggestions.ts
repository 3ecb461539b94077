/** What a query may become while it is typed, and what is wrong with it once typing pauses. */
import { onScopeDispose, readonly, ref, shallowRef } from 'vue';
import { client } from '../api/client';
import { understood } from '../api/problem';
import type { Schemas } from '../api/routes';
import type { QueryFault } from './reading';

export type Suggestion = Schemas['SuggestionItem'];

/** So long after the last key is asked for suggestions, in milliseconds. */
const SOON = 120;
/** So long a query may be half written before its faults are told. */
const PAUSE = 900;
/** The server takes no longer ones. */
const MOST = 2000;

export function useSuggestions() {
  const items = shallowRef<readonly Suggestion[]>([]);
  const waits = ref(false);
  let asking = new AbortController();
  let later = 0;

  function ask(before: string): void {
    asking.abort();
    clearTimeout(later);
    waits.value = true;
    const mine = (asking = new AbortController());
    later = window.setTimeout(async () => {
      const found = await client.get('/search/suggestions', { query: { q: before.slice(-MOST), limit: 10 }, signal: mine.signal }).catch(() => null);
      // Suggestions are a help: where there are none, somebody types on.
      if (mine.signal.aborted) return;
      items.value = before.length <= MOST ? (found?.items ?? []) : [];
      waits.value = false;
    }, SOON);
  }

  function stop(): void {
    asking.abort();
    clearTimeout(later);
    items.value = [];
    waits.value = false;
  }

  onScopeDispose(stop);
  return { items, waits: readonly(waits), ask, stop };
}

export function useCheck() {
  const fault = shallowRef<QueryFault | null>(null);
  let asking = new AbortController();
  let later = 0;

  /** Look soon whether the query makes sense; what was wrong before is forgotten at once. */
  function check(text: string): void {
    clear();
    if (text.trim() !== '') later = window.setTimeout(() => void now(text), PAUSE);
  }

  /** Look whether the query makes sense: true also where nobody answers, as whoever runs it will say so; null: it is wanted no more. */
  async function now(text: string): Promise<boolean | null> {
    clear();
    const mine = asking;
    const found = await client.get('/search/check', { query: { q: text }, signal: mine.signal }).catch(() => null);
    if (mine.signal.aborted) return null;
    if (!found?.fault) return true;
    const said = await understood(found.fault.detail);
    if (mine.signal.aborted) return null;
    fault.value = { at: found.fault.at - 1, text: said.slice(0, 1).toUpperCase() + said.slice(1) };
    return false;
  }

  function clear(): void {
    asking.abort();
    asking = new AbortController();
    clearTimeout(later);
    fault.value = null;
  }

  onScopeDispose(clear);
  return { fault, check, now, clear };
}
