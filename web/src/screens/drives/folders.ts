/** The folders of a drive as somebody opens them: each is read when it is wanted, and again when something has changed. */
import { onScopeDispose, type Ref, ref, shallowReactive, shallowRef, watch } from 'vue';
import type { Schemas } from '../../api/routes';

export type Folder = Schemas['FolderItem'];

/** A picture in a folder; of what a picture has, what is shown here. */
export interface File {
  readonly id: string;
  readonly filename: string;
  readonly kind: string;
  readonly state: string;
  readonly names: readonly string[];
  readonly thumbnails: Readonly<Record<string, string>> | null;
}

export interface Browsed {
  readonly folder: Folder;
  readonly items: readonly File[];
  readonly next: string | null;
}

/** Reads a folder and a page of its files. */
export type Browse = (path: string, cursor: string | null, signal: AbortSignal) => Promise<Browsed>;

export interface Folders {
  readonly root: Readonly<Ref<Folder | null>>;
  /** The path of the folder whose files are shown. */
  readonly chosen: Ref<string>;
  readonly shown: Readonly<Ref<Browsed | null>>;
  readonly fault: Readonly<Ref<unknown>>;
  /** The folders in a folder that is open; undefined: it is shut. */
  inside(path: string): readonly Folder[] | undefined;
  toggle(path: string): Promise<void>;
  choose(path: string): Promise<void>;
  more(): Promise<void>;
  /** Whether a file has come since the folder was first shown. */
  isNew(file: File): boolean;
}

/** So many files of a folder are read again when something has changed. */
const MOST_AGAIN = 600;

function joined(first: Browsed, next: Browsed): Browsed {
  return { ...next, items: [...first.items, ...next.items] };
}

/** `version` counts up whenever what is there may have changed. */
export function useFolders(browse: () => Browse, version: Readonly<Ref<number>>): Folders {
  const root = shallowRef<Folder | null>(null);
  const chosen = ref('/');
  const shown = shallowRef<Browsed | null>(null);
  const fault = shallowRef<unknown>(null);
  const open = shallowReactive(new Map<string, readonly Folder[]>());
  const arrived = shallowReactive(new Set<string>());
  let asking = new AbortController();
  const over = new AbortController();
  /** Files that somebody has asked for by going on. */
  let wanted = 0;

  /** Null where it cannot be read, which is told while anybody waits for it. */
  async function read(path: string, signal: AbortSignal, isAwaited = () => !signal.aborted): Promise<Browsed | null> {
    try {
      let found = await browse()(path, null, signal);
      while (path === chosen.value && found.next !== null && found.items.length < Math.min(wanted, MOST_AGAIN)) {
        found = joined(found, await browse()(path, found.next, signal));
      }
      return found;
    } catch (error) {
      if (isAwaited()) fault.value = error;
      return null;
    }
  }

  /** As `read`, for somebody who asks; null also where all is read again meanwhile, and with it what they asked for. */
  async function asked(path: string): Promise<Browsed | null> {
    const before = asking;
    const isAwaited = (): boolean => before === asking && !over.signal.aborted;
    const found = await read(path, over.signal, isAwaited);
    return isAwaited() ? found : null;
  }

  function take(path: string, found: Browsed): void {
    if (path === '/') root.value = found.folder;
    if (path === '/' || open.has(path)) open.set(path, found.folder.folders ?? []);
  }

  async function reload(): Promise<void> {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    fault.value = null;
    for (const path of new Set(['/', chosen.value, ...open.keys()])) {
      const found = await read(path, signal);
      if (signal.aborted) return;
      if (found) take(path, found);
      else open.delete(path);
      if (path === chosen.value) show(found);
    }
    // A folder that is gone is not looked into.
    if (!shown.value && chosen.value !== '/') await choose('/');
  }

  function show(found: Browsed | null): void {
    const before = shown.value;
    if (found && before?.folder.path === found.folder.path) {
      const known = new Set(before.items.map(({ id }) => id));
      // What lies behind the last one that was there was not asked for before.
      const last = before.next === null ? -1 : found.items.findLastIndex(({ id }) => known.has(id));
      for (const { id } of last < 0 ? found.items : found.items.slice(0, last)) if (!known.has(id)) arrived.add(id);
    } else arrived.clear();
    shown.value = found;
  }

  async function choose(path: string): Promise<void> {
    chosen.value = path;
    wanted = 0;
    const found = await asked(path);
    if (chosen.value !== path || !found) return;
    take(path, found);
    show(found);
  }

  async function toggle(path: string): Promise<void> {
    if (open.has(path)) return void open.delete(path);
    // From now on: what reads all of them again fills it as well.
    open.set(path, []);
    const before = asking;
    const found = await asked(path);
    if (found) take(path, found);
    else if (before === asking) open.delete(path);
  }

  async function more(): Promise<void> {
    const now = shown.value;
    if (!now?.next) return;
    wanted = now.items.length + 1;
    try {
      const page = await browse()(now.folder.path, now.next, over.signal);
      if (shown.value === now) shown.value = joined(now, page);
    } catch (error) {
      if (shown.value === now && !over.signal.aborted) fault.value = error;
    }
  }

  watch(version, () => void reload(), { immediate: true });
  onScopeDispose(() => {
    asking.abort();
    over.abort();
  });
  return { root, chosen, shown, fault, inside: (path) => open.get(path), toggle, choose, more, isNew: ({ id }) => arrived.has(id) };
}
