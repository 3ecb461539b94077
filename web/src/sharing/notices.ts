/** What notices say, and where each of them leads. */
import type { Schemas } from '../api/routes';
import type { IconName } from '../ui/icons';

export type Notice = Schemas['NoticeItem'];

/** The events that are kept as notices. */
export const NOTICES: readonly string[] = [
  'share.offered', 'share.revoked', 'share.expired', 'share.accepted_by', 'share.declined_by', 'share.left_by', 'share.partner_moved', 'link.uploaded', 'webdav.brake',
];

export interface NoticeWords {
  readonly offered: (who: string, name: string, pictures: number) => string;
  readonly came: (who: string, name: string, pictures: number) => string;
  readonly revoked: (who: string, name: string) => string;
  readonly expired: (who: string, name: string) => string;
  readonly acceptedBy: (who: string, name: string) => string;
  readonly declinedBy: (who: string, name: string) => string;
  readonly leftBy: (who: string, name: string) => string;
  readonly moved: (from: string, to: string, offered: boolean) => string;
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
      return { text: words.moved(text(data, 'from'), text(data, 'to'), data.offered === true), to: outgoing, icon: 'people' };
    case 'link.uploaded':
      return { text: words.uploaded(text(data, 'guest'), name, count(data, 'pictures')), to: at('/sharing/links', 'link', text(data, 'id')), icon: 'upload' };
    case 'webdav.brake':
      return { text: words.brake(name, count(data, 'pictures')), to: '/drives', icon: 'warn' };
    default:
      return { text: words.other(kind), to: '/sharing', icon: 'bell' };
  }
}
