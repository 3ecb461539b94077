/** What the server says of who gave a tag, in words. */
import type { Schemas } from '../api/routes';
import { words } from './words';

export interface Explained {
  readonly text: string;
  /** Where more is said of it. */
  readonly to: string | null;
  /** The condition of the rule, and which rule of its service it is. */
  readonly when: string | null;
  readonly number: number;
}

/** Answers leave out what there is none of, whatever their schema says. */
export function explained({ source, service = null, rule = null, guests = null, share = null }: Partial<Schemas['ReasonItem']> & Pick<Schemas['ReasonItem'], 'source'>): Explained {
  const when = rule === null ? null : typeof rule.when === 'string' ? rule.when : JSON.stringify(rule.when);
  return { text: textOf(source, service, guests, share), to: service ? '/rules' : share ? '/sharing' : null, when, number: (rule?.index ?? 0) + 1 };
}

function textOf(
  source: string,
  service: Schemas['ReasonService'] | null,
  guests: readonly Schemas['ReasonGuest'][] | null,
  share: Schemas['ReasonShare'] | null,
): string {
  const { sources } = words.value;
  if (guests !== null && guests.length > 0) return sources.guest(guests.map(({ name }) => name).join(', '));
  if (share !== null) return sources.share(share.name, share.sender);
  if (source === 'rule') return service ? sources.rule(service.name) : sources.service;
  if (source === 'segment') return service ? sources.segmentation(service.name) : sources.service;
  if (source === 'share_mapping') return service ? sources.mapping(service.name) : sources.service;
  if (source === 'manual' || source === 'upload' || source === 'webdav') return sources[source];
  return sources.other(source);
}
