/** Shares of one's own, sorted, and what taking one back takes from whom. */
import { client } from '../../api/client';
import type { Schemas } from '../../api/routes';
import type { Holder } from '../../sharing/tree';

export type Share = Schemas['ShareItem'];

/** The events after which the list is another; the last is told within this page. */
export const OUTGOING: readonly string[] = ['share.accepted_by', 'share.declined_by', 'share.left_by', 'share.ended', 'shares.changed'];

export function standing(items: readonly Share[]): Share[] {
  return items.filter((one) => one.state === 'pending' || one.state === 'active');
}

export function ended(items: readonly Share[]): Share[] {
  return items.filter((one) => one.state !== 'pending' && one.state !== 'active');
}

/** A page, and how many of them are read at most: ten thousand people have seen everything. */
const PAGE = 200;
const PAGES = 50;

/** Everybody who holds access by a share. */
export async function holdersOf(share: string, signal?: AbortSignal): Promise<Holder[]> {
  const all: Holder[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const { items, next }: { items: Holder[]; next: string | null } = await client.get('/shares/{share_id}/holders', {
      path: { share_id: share },
      query: { limit: PAGE, cursor },
      signal,
    });
    all.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return all;
}
