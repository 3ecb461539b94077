/** A few pictures that stand for a tag, and whether their owner's server answers. */
import type { Schemas } from '../api/routes';

export type Picture = Schemas['PictureItem'];

/** Where a thumbnail that is large enough for a strip is; null: there is none now. */
export function filesAt({ thumbnails }: Pick<Picture, 'thumbnails'>): string | null {
  return thumbnails.small ?? thumbnails.medium ?? null;
}

/** Whether the server of the owners is away: of one of them, as soon as one of these says so. */
export function isAway(pictures: readonly Pick<Picture, 'availability'>[]): boolean {
  return pictures.some((one) => one.availability === 'owner_offline');
}
