/** The folders of a configuration that is still being written. */
import { computed, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { client } from '../../api/client';
import { type Fault, Problem } from '../../api/problem';
import type { Browse, Browsed } from './folders';
import { type EditConfig, writeConfig } from './nodes';
import { type ConfigProblem, problemText } from './problems';

/** How long nothing must have changed before it is asked, in milliseconds. */
const PAUSE = 400;

export interface Preview {
  /** What is wrong, at the node at fault; tags that are gone as well. */
  readonly faults: Readonly<Ref<readonly Fault[]>>;
  /** What went wrong otherwise. */
  readonly problem: Readonly<Ref<unknown>>;
  readonly version: Readonly<Ref<number>>;
  readonly browse: Browse;
  blame(error: unknown): void;
}

export function usePreview(config: Readonly<Ref<EditConfig | null>>): Preview {
  const wrong = shallowRef<readonly Fault[]>([]);
  const missing = shallowRef<readonly ConfigProblem[]>([]);
  const problem = shallowRef<unknown>(null);
  const version = ref(0);
  let soon = 0;

  function blame(error: unknown): void {
    wrong.value = error instanceof Problem ? error.errors : [];
    problem.value = wrong.value.length > 0 ? null : error;
  }

  const browse: Browse = async (path, cursor, signal) => {
    // A preview has one page.
    if (config.value === null || cursor !== null) return empty(path);
    try {
      const found = await client.post('/hierarchies/preview', { body: { config: writeConfig(config.value), path }, signal });
      if (path === '/') {
        wrong.value = [];
        problem.value = null;
        missing.value = found.problems as unknown as readonly ConfigProblem[];
      }
      return { ...found, next: null } as unknown as Browsed;
    } catch (error) {
      if (signal.aborted) throw error;
      // What is half written shows nothing, and says where; a folder that is gone is no fault of the whole.
      if (path === '/') blame(error);
      if (error instanceof Problem && error.status === 422 && path === '/') return empty(path);
      throw error;
    }
  };

  watch(config, () => {
    clearTimeout(soon);
    soon = window.setTimeout(() => (version.value += 1), version.value === 0 ? 0 : PAUSE);
  });
  onScopeDispose(() => clearTimeout(soon));
  const faults = computed(() => [...wrong.value, ...missing.value.map(({ path, detail }) => ({ path, detail: problemText(detail) }))]);
  return { faults, problem, version, browse, blame };
}

function empty(path: string): Browsed {
  const nothing = { node: null, tag: null, total: null, writable: true, makes_folders: false, folders: [] };
  return { folder: { path, name: '', key: path, kind: 'root', ...nothing }, items: [], next: null };
}
