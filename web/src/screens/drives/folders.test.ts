import { describe, expect, it } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { type Browsed, type Folder, type Folders, useFolders } from './folders';

const PAGE = 3;

/** A drive whose answers come when they are let go, in any order; `inside` says how many files lie in a folder. */
function drive(inside: Readonly<Record<string, number>>) {
  const asked: { path: string; cursor: string | null; go: () => Promise<void>; fail: () => Promise<void> }[] = [];
  const version = ref(0);
  const folderOf = (path: string): Folder => {
    const folders = Object.keys(inside).filter((one) => one !== path && one.slice(0, one.lastIndexOf('/') || 1) === path);
    return { key: path, path, name: path, kind: 'tag', total: inside[path], writable: true, folders: folders.map((one) => ({ path: one })) } as unknown as Folder;
  };
  const answer = (path: string, cursor: string | null): Browsed => {
    const from = Number(cursor ?? 0);
    const all = Array.from({ length: inside[path] ?? 0 }, (_, at) => ({ id: `${path}:${at}`, filename: `${at}`, kind: 'image', state: 'ready', names: [], thumbnails: null }));
    return { folder: folderOf(path), items: all.slice(from, from + PAGE), next: from + PAGE < all.length ? String(from + PAGE) : null };
  };
  const browse = (path: string, cursor: string | null, signal: AbortSignal): Promise<Browsed> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('given up')));
      asked.push({ path, cursor, go: async () => (resolve(answer(path, cursor)), await settled()), fail: async () => (reject(new Error('no answer')), await settled()) });
    });
  const scope = effectScope();
  const folders = scope.run(() => useFolders(() => browse, version))!;
  return { folders, version, asked, scope };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  await nextTick();
}

/** Let go of answers until none is waited for. */
async function all(asked: { go: () => Promise<void> }[]): Promise<void> {
  while (asked.length > 0) await asked.shift()!.go();
}

const names = (folders: Folders): string[] => folders.shown.value?.items.map(({ filename }) => filename) ?? [];

describe('folders of a drive', () => {
  it('are opened although all are read again meanwhile', async () => {
    const { folders, version, asked } = drive({ '/': 0, '/Trip': 0, '/Trip/Alps': 0 });
    await all(asked);
    void folders.toggle('/Trip');
    version.value += 1;
    await settled();
    await all(asked);
    expect(folders.inside('/Trip')?.map(({ path }) => path)).toEqual(['/Trip/Alps']);
  });

  it('are shown as they are now, whichever answer comes first', async () => {
    const inside: Record<string, number> = { '/': 0, '/Trip': 1 };
    const { folders, version, asked } = drive(inside);
    await all(asked);
    const chosen = folders.choose('/Trip');
    const early = asked.shift()!;
    version.value += 1;
    await settled();
    inside['/Trip'] = 2;
    await all(asked);
    inside['/Trip'] = 1;
    await early.go();
    await chosen;
    expect(names(folders)).toEqual(['0', '1']);
  });

  it.each([['first', false], ['last', true]])('keep what was added to them, where all are read again and the page behind comes %s', async (_, isLast) => {
    const { folders, version, asked } = drive({ '/': 8 });
    await all(asked);
    expect(names(folders)).toHaveLength(3);
    void folders.more();
    await all(asked);
    version.value += 1;
    await settled();
    await all(asked);
    expect(names(folders)).toHaveLength(6);
    void folders.more();
    version.value += 1;
    await settled();
    const page = asked.shift()!;
    if (!isLast) await page.go();
    await all(asked);
    await page.go();
    expect(names(folders)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(folders.shown.value!.items.filter(folders.isNew)).toEqual([]);
  });

  it('shut again where they cannot be read, and say so; what was read again since does not', async () => {
    const { folders, version, asked } = drive({ '/': 0, '/Trip': 0 });
    await all(asked);
    void folders.toggle('/Trip');
    await asked.shift()!.fail();
    expect([folders.inside('/Trip'), String(folders.fault.value)]).toEqual([undefined, 'Error: no answer']);
    void folders.toggle('/Trip');
    const early = asked.shift()!;
    version.value += 1;
    await settled();
    await all(asked);
    await early.fail();
    expect([folders.inside('/Trip'), folders.fault.value]).toEqual([[], null]);
  });

  it('are given up with the screen', async () => {
    const { folders, asked, scope } = drive({ '/': 0, '/Trip': 0 });
    await all(asked);
    void folders.toggle('/Trip');
    scope.stop();
    await settled();
    expect(folders.fault.value).toBe(null);
  });
});
