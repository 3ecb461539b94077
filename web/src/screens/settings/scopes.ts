/** What a token may be limited to, in the order in which people are asked. */
import { session } from '../../api/session';

export const SCOPES = [
  'pictures:read',
  'pictures:write',
  'tags:read',
  'tags:write',
  'collections:read',
  'collections:write',
  'shares:read',
  'shares:write',
  'people:read',
  'people:write',
  'events:read',
  'account:read',
  'account:write',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Those that somebody can give: nobody hands on more than they may. */
export function givable(): readonly Scope[] {
  return SCOPES.filter((scope) => scope !== 'admin' || session.account.value?.is_admin);
}
