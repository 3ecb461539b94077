/** Shares that came in, sorted into what wants an answer, what is there, and what is over. */
import type { Schemas } from '../../api/routes';

export type Incoming = Schemas['IncomingItem'];
export type Service = Schemas['ServiceItem'];

/** The events after which the list is another. */
export const INCOMING: readonly string[] = ['share.offered', 'share.accepted', 'share.declined', 'share.left', 'share.changed', 'share.revoked', 'share.expired'];

export function offersIn(items: readonly Incoming[]): Incoming[] {
  return items.filter((one) => one.state === 'pending');
}

export function activeIn(items: readonly Incoming[]): Incoming[] {
  return items.filter((one) => one.state === 'active');
}

export function overIn(items: readonly Incoming[]): Incoming[] {
  return items.filter((one) => one.state !== 'pending' && one.state !== 'active');
}

/** The service that puts a share under tags of one's own, if there is one. */
export function mappingOf(services: readonly Service[], share: string): Service | null {
  return services.find((one) => one.kind === 'share_mapping' && one.config.share === share) ?? null;
}

/** The tags of such a service. */
export function tagsOf(service: Service | null): string[] {
  const tags = service?.config.tags;
  return Array.isArray(tags) ? tags.filter((one): one is string => typeof one === 'string') : [];
}
