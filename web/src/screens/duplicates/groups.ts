/** Groups of duplicates, page by page; what is said of them, and taking it back. */
import { watch } from 'vue';
import { client } from '../../api/client';
import { tell } from '../../api/events';
import type { BodyOf, Schemas } from '../../api/routes';
import { type Pages, usePages } from '../../ui/pages';
import { dismiss, toast } from '../../ui/toasts';
import { said } from '../../ui/work';
import { words } from './words';

export type Group = Schemas['GroupItem'];
export type Verdict = NonNullable<BodyOf<'post', '/duplicates/{group_id}/verdict'>>;
export type Shown = 'content' | 'similar' | 'settled';

export interface Groups extends Pages<Group> {
  judge(group: Group, verdict: Verdict, text: string): Promise<boolean>;
  takeBack(id: string): Promise<boolean>;
  /** The last verdict of this page; false: there is none. */
  takeBackLast(): boolean;
  stand(group: Group, picture: string): Promise<void>;
}

const SIZES = { usual: 20, most: 50 };

export function useGroups(kind: () => 'content' | 'similar', state: () => 'open' | 'settled'): Groups {
  const verdicts: string[] = [];
  const pages = usePages(
    (cursor, limit, signal) => client.get('/duplicates', { query: { kind: kind(), state: state(), limit, cursor }, signal }),
    ({ id }) => id,
    SIZES,
    ['duplicates.changed'],
  );
  watch([kind, state], pages.reset);

  function put(group: Group): void {
    pages.change((items) => items.flatMap((one) => (one.id !== group.id ? [one] : group.state === state() ? [group] : [])));
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
      await pages.reload();
      return true;
    } catch (error) {
      toast(said(error), { kind: 'fault' });
      return false;
    }
  }

  let note = 0;
  return {
    ...pages,
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
        await pages.reload();
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
