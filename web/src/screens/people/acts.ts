/** What can be done to somebody, from wherever they are seen. */
import { client } from '../../api/client';
import { tell } from '../../api/events';
import { common } from '../../ui/common';
import { confirm } from '../../ui/confirm';
import type { MenuItem } from '../../ui/MenuButton.vue';
import { toast } from '../../ui/toasts';
import { said } from '../../ui/work';
import { words } from './words';

/** Told within this page when mutes, blocks or reports are others. */
export const QUIET = 'people.quiet';

export interface Whom {
  readonly handle?: string;
  readonly host?: string;
}

/** Somebody as lists have them: asked for by their id, named by their handle. */
export interface Known {
  readonly uri: string;
  readonly handle: string;
}

/** Hide somebody or a server; raises what the server says. */
export async function mute(whom: Whom, endsAt: string | null = null, named: string = whom.handle ?? whom.host ?? ''): Promise<void> {
  await client.post('/mutes', { body: { ...whom, ends_at: endsAt } });
  toast(words.value.quiet.muted(named));
  tell(QUIET);
  tell('feed.posted');
}

/** Have nothing to do with somebody or a server any more; raises what the server says. */
export async function block(whom: Whom, named: string = whom.handle ?? whom.host ?? ''): Promise<void> {
  await client.post('/blocks', { body: whom });
  toast(words.value.quiet.blocked(named));
  tell(QUIET);
  tell('feed.posted');
  tell('shares.changed');
}

/** What a menu offers to do to somebody; `report` opens its form. */
export function quietChoices(who: Known, report: () => void): MenuItem[] {
  const { quiet, report: reporting } = words.value;
  return [
    { label: quiet.mute, icon: 'eye', run: () => void tried(() => mute({ handle: who.uri }, null, who.handle)) },
    { label: quiet.block, icon: 'close', danger: true, run: () => void blockAsked(who) },
    { label: reporting.action, icon: 'warn', run: report },
  ];
}

/** Block somebody, if that is what is meant: what ends by it does not come back. */
async function blockAsked(who: Known): Promise<void> {
  const { quiet } = words.value;
  const isMeant = await confirm({ title: `${common.colon(quiet.block)} ${who.handle}`, text: quiet.blocksHint, action: quiet.block, danger: true });
  if (isMeant) await tried(() => block({ handle: who.uri }, who.handle));
}

/** For menus, where there is no place for what went wrong but a note. */
export async function tried(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toast(said(error), { kind: 'fault' });
  }
}
