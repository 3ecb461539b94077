/** Trying out a service while it is written: asked a moment after the last change, the latest question wins. */
import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { client } from '../../api/client';
import { type Fault, Problem } from '../../api/problem';
import type { Schemas } from '../../api/routes';
import { changesOf, type Draft, isReady } from '../../rules/drafts';

export interface Trial {
  readonly affected: number;
  readonly items: readonly Schemas['TagDifference'][];
  readonly complete: boolean;
}

/** How long nothing must have changed before it is asked, in milliseconds. */
const PAUSE = 350;

export interface Trying {
  /** Null until there is an answer to what is written now or was shortly before. */
  readonly trial: Readonly<Ref<Trial | null>>;
  readonly busy: Readonly<Ref<boolean>>;
  /** Whether there is enough to try it out. */
  readonly ready: Readonly<Ref<boolean>>;
  readonly problem: Readonly<Ref<unknown>>;
  readonly faults: Readonly<Ref<readonly Fault[]>>;
  /** What was wrong when it was saved is shown as well. */
  blame(error: unknown): void;
}

/** `id`: of the service that is changed; null for a new one. */
export function useTrial(draft: Readonly<Ref<Draft | null>>, id: () => number | null): Trying {
  const trial = shallowRef<Trial | null>(null);
  const busy = ref(false);
  const ready = ref(false);
  const problem = shallowRef<unknown>(null);
  const faults = shallowRef<readonly Fault[]>([]);
  let asking = new AbortController();
  let soon = 0;

  async function ask(now: Draft): Promise<void> {
    asking.abort();
    const mine = (asking = new AbortController());
    busy.value = true;
    const known = id();
    try {
      const { name, ...rest } = changesOf(now);
      const body = known === null ? { kind: now.kind, ...rest, ...(name ? { name } : {}) } : { id: known, ...rest };
      const answer = await client.post('/services/dry-run', { body, signal: mine.signal });
      if (mine.signal.aborted) return;
      trial.value = answer;
      problem.value = null;
      faults.value = [];
    } catch (error) {
      if (mine.signal.aborted) return;
      blame(error);
    }
    busy.value = false;
  }

  function blame(error: unknown): void {
    problem.value = error;
    faults.value = error instanceof Problem ? error.errors : [];
    trial.value = null;
  }

  watch(
    draft,
    (now) => {
      clearTimeout(soon);
      asking.abort();
      busy.value = false;
      ready.value = now !== null && isReady(now);
      if (!now) return;
      if (!ready.value) {
        trial.value = null;
        problem.value = null;
        faults.value = [];
        return;
      }
      busy.value = true;
      soon = window.setTimeout(() => void ask(now), PAUSE);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(soon);
    asking.abort();
  });
  return { trial, busy, ready, problem, faults, blame };
}
