/** What can be done to somebody, from wherever they are seen. */
import { client } from '../../api/client';
import { tell } from '../../api/events';
import { toast } from '../../ui/toasts';
import { said } from '../../ui/work';
import { words } from './words';

/** Told within this page when mutes, blocks or reports are others. */
export const QUIET = 'people.quiet';

export interface Whom {
  readonly handle?: string;
  readonly host?: string;
}

/** Hide somebody or a server; raises what the server says. */
export async function mute(whom: Whom, endsAt: string | null = null): Promise<void> {
  await client.post('/mutes', { body: { ...whom, ends_at: endsAt } });
  toast(words.value.quiet.muted(whom.handle ?? whom.host ?? ''));
  tell(QUIET);
  tell('feed.posted');
}

/** Have nothing to do with somebody or a server any more; raises what the server says. */
export async function block(whom: Whom): Promise<void> {
  await client.post('/blocks', { body: whom });
  toast(words.value.quiet.blocked(whom.handle ?? whom.host ?? ''));
  tell(QUIET);
  tell('feed.posted');
  tell('shares.changed');
}

/** For menus, where there is no place for what went wrong but a note. */
export async function tried(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toast(said(error), { kind: 'fault' });
  }
}
