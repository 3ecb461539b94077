/** What tags of one's own would do to the pictures of a share: asked of the server a moment after the last change. */
import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { client } from '../../api/client';
import type { Schemas } from '../../api/routes';
import type { Service } from './incoming';

export interface Effect {
  readonly affected: number;
  readonly items: readonly Schemas['TagDifference'][];
}

/** After the last change, in milliseconds. */
const PAUSE = 300;

/** `mapping`: the service there is, which is changed; null for a new one. Without tags there is nothing to ask. */
export function useEffect(share: string, mapping: Service | null, tags: Readonly<Ref<readonly string[]>>): Readonly<{ effect: Readonly<Ref<Effect | null>>; looking: Readonly<Ref<boolean>> }> {
  const effect = shallowRef<Effect | null>(null);
  const looking = ref(false);
  let asking = new AbortController();
  let soon = 0;

  async function ask(now: readonly string[]): Promise<void> {
    const mine = (asking = new AbortController());
    const config = { share, tags: [...now] };
    try {
      const body = mapping ? { id: mapping.id, config } : { kind: 'share_mapping' as const, config };
      const answer = await client.post('/services/dry-run', { body, signal: mine.signal });
      if (mine.signal.aborted) return;
      effect.value = answer;
    } catch {
      if (mine.signal.aborted) return;
      // What it would do is told where it can be; saving says what is wrong.
      effect.value = null;
    }
    looking.value = false;
  }

  watch(
    tags,
    (now) => {
      clearTimeout(soon);
      asking.abort();
      looking.value = now.length > 0;
      if (now.length === 0) effect.value = null;
      else soon = window.setTimeout(() => void ask(now), PAUSE);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(soon);
    asking.abort();
  });
  return { effect, looking };
}
