/** Where the files are that show a picture. */
import type { Neighbour } from '../timeline/neighbours';
import type { Whole } from './picture';
import { sized } from './strip';

export interface Sources {
  readonly small: string | null;
  readonly large: string | null;
  readonly original: string | null;
}

/** What browsers show by themselves. */
const SHOWN = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);
/** The longer edge of large thumbnails: what is smaller has no more to show. */
const LARGE = 1600;

/** `isWorn`: the addresses of the view do not hold any more, those of the picture itself are newer. */
export function sourcesOf(picture: Pick<Neighbour, 'thumbnail'>, whole: Whole | null, isWorn = false): Sources {
  const known = whole?.thumbnails;
  const isKnown = whole !== null;
  const [small, large] = [sized(picture.thumbnail, 'small'), sized(picture.thumbnail, 'large')];
  return {
    small: isWorn ? (known?.small ?? small) : steady(small, known?.small ?? null, isKnown),
    large: isWorn ? (known?.large ?? large) : steady(large, known?.large ?? null, isKnown),
    original: whole !== null && hasMore(whole) ? fileOf(whole.id) : null,
  };
}

/** Where the file itself is, to be shown, or to be saved. */
export function fileOf(id: string, { download = false, version }: { download?: boolean; version?: number } = {}): string {
  const parameters = new URLSearchParams();
  if (version !== undefined) parameters.set('version', String(version));
  if (download) parameters.set('download', 'true');
  const text = parameters.toString();
  return `/api/v1/pictures/${encodeURIComponent(id)}/file${text ? `?${text}` : ''}`;
}

function hasMore({ media_type, width, height, received, availability }: Whole): boolean {
  const isFar = received !== null && (!received.originals || availability !== 'ok');
  return !isFar && SHOWN.has(media_type) && Math.max(width ?? 0, height ?? 0) > LARGE;
}

/** The same file by another signature need not be fetched again. */
function steady(first: string | null, fresh: string | null, isKnown: boolean): string | null {
  if (!isKnown) return first;
  if (first !== null && fresh !== null && first.split('?')[0] === fresh.split('?')[0]) return first;
  return fresh ?? first;
}
