/** What every dialog does with an act that is chosen in it: count what it would change, do it when told to, and say how far it is. */
import { computed, type ComputedRef, type Ref } from 'vue';
import { useWork } from '../../ui/work';
import type { How } from '../acts';
import { type Preview, usePreview } from '../preview';

/** What `ActDialog` shows at its foot. */
export interface Foot {
  readonly idle: boolean;
  readonly busy: boolean;
  readonly fault: unknown;
  readonly would: number | null;
  readonly counting: boolean;
}

export interface Choosing<T> {
  readonly foot: ComputedRef<Foot>;
  readonly preview: Preview<T>;
  act(): Promise<void>;
}

/**
 * `chosen` is what is to be done, null for nothing; `run` does it, or counts alone; `over` is called when it was done. `besides`: what
 * else of the dialog went wrong.
 */
export function useChoosing<W, T extends { readonly affected: number }>(
  chosen: () => W | null,
  run: (wanted: W, how: How) => Promise<T>,
  over: () => void,
  besides?: Readonly<Ref<unknown>>,
): Choosing<T> {
  const work = useWork();
  const preview = usePreview(chosen, (wanted, signal) => run(wanted, { dryRun: true, signal }));
  const foot = computed<Foot>(() => ({
    idle: chosen() === null,
    busy: work.busy.value,
    fault: work.fault.value ?? preview.fault.value ?? besides?.value,
    would: preview.value.value?.affected ?? null,
    counting: preview.busy.value,
  }));

  async function act(): Promise<void> {
    const wanted = chosen();
    if (wanted !== null && (await work.run(async () => void (await run(wanted, {}))))) over();
  }

  return { foot, preview, act };
}
