/** What tiles say of their pictures, for eyes and ears. */
import { day, duration, month, wall } from '../ui/formats';
import { language } from '../ui/words';
import type { HeadingWords } from './headings';
import type { Face } from './painter';
import type { Pictures } from './source';
import { words } from './words';

export interface Look {
  readonly selected: boolean;
  readonly active: boolean;
  readonly position: number;
  readonly total: number;
  readonly isList: boolean;
}

/** The n-th picture of a bucket. */
export function faceOf(pictures: Pictures, index: number, look: Look): Face {
  const id = pictures.ids[index]!;
  const isList = look.isList;
  return {
    id,
    href: `/pictures/${id}`,
    label: labelOf(pictures, index),
    name: nameOf(pictures, index),
    details: isList ? detailsOf(pictures, index) : null,
    badge: badgeOf(pictures, index),
    blurhash: pictures.blurhash[index] ?? null,
    thumbnail: pictures.thumbnails[index] ?? null,
    selected: look.selected,
    active: look.active,
    position: look.position + 1,
    total: look.total,
  };
}

export const WAITING: Face = {
  id: null, href: '', label: '', name: '', details: null, badge: null, blurhash: null, thumbnail: null, selected: false, active: false, position: 0, total: 0,
};

/** `IMG_2020.jpg, Sun, 3 May 2020`. */
export function labelOf(pictures: Pictures, index: number): string {
  return `${nameOf(pictures, index)}, ${day(pictures.sorted_at[index]!)}`;
}

function nameOf(pictures: Pictures, index: number): string {
  return pictures.name?.[index] || (pictures.kind[index] === 'video' ? words.value.video : words.value.picture);
}

function badgeOf(pictures: Pictures, index: number): string | null {
  const state = pictures.state[index];
  if (state === 'processing') return words.value.processing;
  if (state === 'failed') return words.value.failed;
  if (isAway(pictures, index)) return words.value.away;
  if (pictures.kind[index] === 'video') return `▶ ${duration(pictures.duration[index] ?? 0)}`;
  if (pictures.kind[index] === 'raw') return 'RAW';
  return null;
}

/** Its colours are known and its thumbnails were made, but nobody gives them: its owner's server is away. */
function isAway(pictures: Pictures, index: number): boolean {
  return pictures.state[index] === 'ready' && pictures.blurhash[index] != null && pictures.thumbnails[index] == null;
}

function detailsOf(pictures: Pictures, index: number): string {
  const rating = pictures.rating[index] ?? 0;
  return [wall(pictures.sorted_at[index]!), rating > 0 ? '★'.repeat(rating) : ''].filter(Boolean).join(' · ');
}

/** So many pixels take a day with its weekday, and one with its year. */
const WITH_WEEKDAY = 270;
const WITH_YEAR = 185;

/** `3 May 2020`, or `3 May` where there is no room for more. */
function narrowDay(named: string, width: number): string {
  const year = width < WITH_YEAR ? undefined : ('numeric' as const);
  const key = `${language.value} ${year}`;
  let format = narrowDays.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language.value, { day: 'numeric', month: 'short', year, timeZone: 'UTC' });
    narrowDays.set(key, format);
  }
  return format.format(new Date(`${named}T00:00:00Z`));
}

const narrowDays = new Map<string, Intl.DateTimeFormat>();
const isMonth = (named: string) => named.length === '2020-05'.length;

export const headingWords: HeadingWords = {
  day: (named, width) => (isMonth(named) ? month(named) : width < WITH_WEEKDAY ? narrowDay(named, width) : day(named)),
  selectDay: (named) => words.value.selectDay(isMonth(named) ? month(named) : day(named)),
};
