/** What was begun and not finished, remembered in the browser: after a reload it goes on, as far as a browser lets it. */
import type { Handles } from './carried';
import type { Chosen, Item } from './items';

interface Row {
  readonly key: string;
  readonly account: string;
  /** The tab that is at it. */
  readonly tab: string;
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  readonly tags: readonly string[];
  readonly sha256: string | null;
  /** The file itself, where a browser lends it for longer. */
  readonly handle: FileSystemFileHandle | null;
}

const NAME = 'archypix-uploads';
const STORE = 'unfinished';
const MOST = 20_000;
const TAB = Math.random().toString(36).slice(2);

let opening: Promise<IDBDatabase | null> | null = null;

function database(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
      request.onsuccess = () => resolve(request.result);
      // A browser that keeps nothing uploads all the same.
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

async function change(act: (store: IDBObjectStore) => void): Promise<void> {
  const open = await database();
  if (open === null) return;
  await new Promise<void>((resolve) => {
    const transaction = open.transaction(STORE, 'readwrite');
    transaction.oncomplete = transaction.onerror = transaction.onabort = () => resolve();
    act(transaction.objectStore(STORE));
  });
}

async function rows(): Promise<Row[]> {
  const open = await database();
  if (open === null) return [];
  return new Promise((resolve) => {
    const request = open.transaction(STORE).objectStore(STORE).getAll(null, MOST);
    request.onsuccess = () => resolve(request.result as Row[]);
    request.onerror = () => resolve([]);
  });
}

function keyOf(account: string, path: string, size: number, modified: number): string {
  return [account, size, modified, path].join('|');
}

/** Others see by it that this tab is still at work. */
export function claim(): void {
  void navigator.locks?.request(`archypix-upload-${TAB}`, () => new Promise<never>(() => {}));
}

async function living(): Promise<ReadonlySet<string>> {
  const held = (await navigator.locks?.query())?.held ?? [];
  return new Set([TAB, ...held.map(({ name }) => (name ?? '').replace('archypix-upload-', ''))]);
}

/** Remember files that are to be brought in; `handles` are those that a browser lends, by path. */
export async function remember(account: string, items: readonly Item[], handles: Handles): Promise<void> {
  await change((store) => {
    for (const item of items.slice(0, MOST)) {
      if (item.outcome !== null) continue;
      item.key = keyOf(account, item.path, item.size, item.file.lastModified);
      store.put(rowOf(account, item, handles.get(item.path) ?? null));
    }
  });
}

function rowOf(account: string, item: Item, handle: FileSystemFileHandle | null): Row {
  const { key, path, size, tags, sha256, file } = item;
  return { key: key!, account, tab: TAB, path, size, modified: file.lastModified, tags: [...tags], sha256, handle };
}

/** It is over with these, one way or another. */
export async function forgetAll(keys: readonly string[]): Promise<void> {
  await change((store) => keys.forEach((key) => store.delete(key)));
}

/** Nothing of anybody stays on a computer that others use as well. */
export async function forgetEverything(): Promise<void> {
  await change((store) => store.clear());
}

export interface Unfinished {
  readonly files: number;
  readonly bytes: number;
  /** The browser still lends these. */
  readonly lent: number;
  readonly rows: readonly Row[];
}

/** What this account began in this browser, and no living tab is at. */
export async function unfinished(account: string): Promise<Unfinished> {
  const [all, alive] = await Promise.all([rows(), living()]);
  const mine = all.filter((row) => row.account === account && !alive.has(row.tab));
  return { files: mine.length, bytes: mine.reduce((sum, { size }) => sum + size, 0), lent: mine.filter(({ handle }) => handle !== null).length, rows: mine };
}

/** Files that were chosen again take up what is known of them: their digest and their tags. */
export async function recalled(account: string, chosen: readonly Chosen[]): Promise<readonly Chosen[]> {
  const known = new Map((await unfinished(account)).rows.map((row) => [row.key, row]));
  if (known.size === 0) return chosen;
  return chosen.map((one) => {
    const row = known.get(keyOf(account, one.path, one.file.size, one.file.lastModified));
    return row === undefined ? one : { ...one, sha256: row.sha256, tags: [...new Set([...row.tags, ...one.tags])] };
  });
}

interface Asks {
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
}

/** Files that the browser lends again, after asking. To be called from a click. */
export async function lent(left: Unfinished): Promise<readonly Chosen[]> {
  const chosen: Chosen[] = [];
  for (const { handle, path, tags, sha256, key, size, modified } of left.rows) {
    if (handle === null || !(await may(handle))) continue;
    try {
      const file = await handle.getFile();
      const isSame = file.size === size && file.lastModified === modified;
      chosen.push({ file, path, tags, sha256: isSame ? sha256 : null, key });
    } catch {
      // It has been moved since; it can be chosen again.
    }
  }
  return chosen;
}

async function may(handle: FileSystemFileHandle & Asks): Promise<boolean> {
  try {
    return (await handle.requestPermission?.({ mode: 'read' })) === 'granted';
  } catch {
    return false;
  }
}
