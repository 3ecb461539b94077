/** What notices say, and where each of them leads. */
import type { Schemas } from '../api/routes';
import type { IconName } from '../ui/icons';

export type Notice = Schemas['NoticeItem'];

/** The events that are kept as notices. */
export const NOTICES: readonly string[] = [
  'share.offered', 'share.revoked', 'share.expired', 'share.accepted_by', 'share.declined_by', 'share.left_by', 'share.partner_moved', 'follow.requested', 'link.uploaded', 'webdav.brake',
];

/** The events after which the list is another: some notices go when they are answered. */
export const CHANGING: readonly string[] = [...NOTICES, 'follower.added', 'followers.changed'];

export interface NoticeWords {
  readonly offered: (who: string, name: string, pictures: number) => string;
  readonly came: (who: string, name: string, pictures: number) => string;
  readonly revoked: (who: string, name: string) => string;
  readonly expired: (who: string, name: string) => string;
  readonly acceptedBy: (who: string, name: string) => string;
  readonly declinedBy: (who: string, name: string) => string;
  readonly leftBy: (who: string, name: string) => string;
  readonly moved: (from: string, to: string, offered: boolean) => string;
  readonly asks: (who: string) => string;
  /** To follow a collection by its name, `alice.travel`. */
  readonly asksOf: (who: string, of: string) => string;
  readonly uploaded: (guest: string, name: string, pictures: number) => string;
  readonly brake: (name: string, pictures: number) => string;
  readonly other: (kind: string) => string;
}

export interface Said {
  readonly text: string;
  readonly to: string;
  readonly icon: IconName;
}

type Data = Readonly<Record<string, unknown>>;

function text(data: Data, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

function count(data: Data, name: string): number {
  const value = data[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function at(place: string, what: string, id: string): string {
  return id ? `${place}?${what}=${encodeURIComponent(id)}` : place;
}

/** Somebody asks to follow a person, or one of their collections. */
function requested(data: Data, words: NoticeWords): Said {
  const who = text(data, 'name') || text(data, 'handle') || text(data, 'actor');
  const of = text(data, 'of');
  // Names of people have no dot.
  if (!of.includes('.')) return { text: words.asks(who), to: '/people/followers', icon: 'people' };
  return { text: words.asksOf(who, of), to: at('/people/followers', 'of', of), icon: 'people' };
}

/** A notice in words. Whatever another server wrote into it is text and nothing else. */
export function saidOf({ kind, data }: Pick<Notice, 'kind' | 'data'>, words: NoticeWords): Said {
  const [sender, recipient, name] = [text(data, 'sender'), text(data, 'recipient'), text(data, 'name')];
  const incoming = at('/sharing', 'share', text(data, 'id'));
  const outgoing = at('/sharing/mine', 'share', text(data, 'share') || text(data, 'id'));
  switch (kind) {
    case 'share.offered':
      return { text: (data.accepted === true ? words.came : words.offered)(sender, name, count(data, 'pictures')), to: incoming, icon: 'share' };
    case 'share.revoked':
      return { text: words.revoked(sender, name), to: incoming, icon: 'close' };
    case 'share.expired':
      return { text: words.expired(sender, name), to: incoming, icon: 'close' };
    case 'share.accepted_by':
      return { text: words.acceptedBy(recipient, name), to: outgoing, icon: 'check' };
    case 'share.declined_by':
      return { text: words.declinedBy(recipient, name), to: outgoing, icon: 'close' };
    case 'share.left_by':
      return { text: words.leftBy(recipient, name), to: outgoing, icon: 'out' };
    case 'share.partner_moved':
      return { text: words.moved(text(data, 'from'), text(data, 'to'), data.offered === true), to: data.offered === true ? outgoing : `${outgoing}&moved=1`, icon: 'people' };
    case 'follow.requested':
      return requested(data, words);
    case 'link.uploaded':
      return { text: words.uploaded(text(data, 'guest'), name, count(data, 'pictures')), to: at('/sharing/links', 'link', text(data, 'id')), icon: 'upload' };
    case 'webdav.brake':
      return { text: words.brake(name, count(data, 'pictures')), to: '/drives', icon: 'warn' };
    default:
      return { text: words.other(kind), to: '/sharing', icon: 'bell' };
  }
}
