/** Groups of duplicates, page by page; what is said of them, and taking it back. */
import { type Ref, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { client } from '../../api/client';
import { on, tell } from '../../api/events';
import type { BodyOf, Schemas } from '../../api/routes';
import { dismiss, toast } from '../../ui/toasts';
import { said } from '../../ui/work';
import { words } from './words';

export type Group = Schemas['GroupItem'];
export type Verdict = NonNullable<BodyOf<'post', '/duplicates/{group_id}/verdict'>>;
export type Shown = 'content' | 'similar' | 'settled';

export interface Groups {
  readonly items: Readonly<Ref<readonly Group[] | null>>;
  readonly hasMore: Readonly<Ref<boolean>>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly fault: Readonly<Ref<unknown>>;
  reload(): Promise<void>;
  more(): Promise<void>;
  judge(group: Group, verdict: Verdict, text: string): Promise<boolean>;
  takeBack(id: string): Promise<boolean>;
  /** The last verdict of this page; false: there is none. */
  takeBackLast(): boolean;
  stand(group: Group, picture: string): Promise<void>;
}

const PAGE = 20;

export function useGroups(kind: () => 'content' | 'similar', state: () => 'open' | 'settled'): Groups {
  const items = shallowRef<readonly Group[] | null>(null);
  const next = ref<string | null>(null);
  const hasMore = ref(false);
  const busy = ref(false);
  const fault = shallowRef<unknown>(null);
  const verdicts: string[] = [];
  let asking = new AbortController();
  let soon = 0;

  async function read(cursor: string | null, wanted: number): Promise<void> {
    asking.abort();
    const mine = (asking = new AbortController());
    busy.value = true;
    const before = cursor === null ? [] : (items.value ?? []);
    const got: Group[] = [];
    try {
      let at = cursor;
      // A page may be empty though others follow.
      do {
        const page = await client.get('/duplicates', { query: { kind: kind(), state: state(), limit: PAGE, cursor: at }, signal: mine.signal });
        if (mine.signal.aborted) return;
        got.push(...page.items);
        at = page.next;
      } while (at !== null && got.length < wanted);
      items.value = [...before, ...got.filter(({ id }) => !before.some((one) => one.id === id))];
      next.value = at;
      hasMore.value = at !== null;
      fault.value = null;
    } catch (error) {
      if (!mine.signal.aborted) fault.value = error;
    } finally {
      if (!mine.signal.aborted) busy.value = false;
    }
  }

  const reload = (): Promise<void> => read(null, Math.max(items.value?.length ?? 0, 1));

  function put(group: Group): void {
    items.value = (items.value ?? []).flatMap((one) => (one.id !== group.id ? [one] : group.state === state() ? [group] : []));
  }

  function news(): void {
    tell('pictures.changed');
    tell('tags.changed');
  }

  async function takeBack(id: string): Promise<boolean> {
    try {
      const { restored } = await client.delete('/duplicates/{group_id}/verdict', { path: { group_id: id } });
      const at = verdicts.lastIndexOf(id);
      if (at >= 0) verdicts.splice(at, 1);
      toast(words.value.takenBack(restored));
      news();
      await reload();
      return true;
    } catch (error) {
      toast(said(error), { kind: 'fault' });
      return false;
    }
  }

  watch([kind, state], () => {
    items.value = null;
    void read(null, 1);
  });
  const stop = on(['duplicates.changed'], () => {
    clearTimeout(soon);
    soon = window.setTimeout(() => void reload(), 400);
  });
  onScopeDispose(() => {
    stop();
    clearTimeout(soon);
    asking.abort();
  });
  void read(null, 1);

  let note = 0;
  return {
    items,
    hasMore,
    busy,
    fault,
    reload,
    more: () => read(next.value, 1),
    async judge(group, verdict, text) {
      try {
        const { group: now } = await client.post('/duplicates/{group_id}/verdict', { path: { group_id: group.id }, body: verdict });
        verdicts.push(group.id);
        put(now);
        dismiss(note);
        note = toast(text, { action: { label: words.value.undo, run: () => void takeBack(group.id) } });
        news();
        return true;
      } catch (error) {
        toast(said(error), { kind: 'fault' });
        await reload();
        return false;
      }
    },
    takeBack,
    takeBackLast() {
      const last = verdicts.at(-1);
      if (last === undefined) return false;
      dismiss(note);
      void takeBack(last);
      return true;
    },
    async stand(group, picture) {
      try {
        put(await client.patch('/duplicates/{group_id}', { path: { group_id: group.id }, body: { shown: picture } }));
        toast(words.value.stood);
      } catch (error) {
        toast(said(error), { kind: 'fault' });
      }
    },
  };
}
