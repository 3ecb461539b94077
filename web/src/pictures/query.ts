/** Which pictures a view shows, and how what is selected of them is said to the server. */
import type { QueryOf, Schemas } from '../api/routes';
import { joined } from '../search/reading';
import type { Told } from '../timeline/selection';

/** Fields as in `GET /timeline`, all of which a picture meets; none: the whole library. */
export interface ViewQuery {
  readonly tag?: readonly string[];
  readonly any_tag?: readonly string[];
  readonly not_tag?: readonly string[];
  readonly exact?: boolean;
  readonly untagged?: boolean;
  readonly trash?: boolean;
  readonly state?: 'processing' | 'ready' | 'failed';
  readonly collapse?: boolean;
  readonly q?: string;
}

export type Order = 'desc' | 'asc';
/** What batch calls take: pictures of a query and named ones, but for others that are named. */
export type SelectionBody = Schemas['SelectionIn'];

/** The longest text of a query that the server reads, and the most conditions in it. */
const LONGEST = 2000;
const MOST_TERMS = 90;

/** As parameters of addresses; what is not asked for is left out. */
export function parametersOf(query: ViewQuery): NonNullable<QueryOf<'get', '/timeline'>> {
  const { tag, any_tag, not_tag, exact, untagged, trash, state, collapse, q } = query;
  return {
    ...(tag?.length ? { tag: [...tag] } : {}),
    ...(any_tag?.length ? { any_tag: [...any_tag] } : {}),
    ...(not_tag?.length ? { not_tag: [...not_tag] } : {}),
    ...(exact ? { exact } : {}),
    ...(untagged ? { untagged } : {}),
    ...(trash ? { trash } : {}),
    ...(state ? { state } : {}),
    ...(collapse ? { collapse } : {}),
    ...(q?.trim() ? { q: q.trim() } : {}),
  };
}

/** The same for two queries that ask for the same, however they are written. */
export function keyOf(query: ViewQuery): string {
  return JSON.stringify(parametersOf(query));
}

/** What is selected of a view, in the server's words; null where that takes more words than it reads. */
export function selectionOf(query: ViewQuery, told: Told): SelectionBody | null {
  const ids = { include: [...told.include], exclude: [...told.exclude] };
  if (told.between.length === 0) return { query: null, ...ids };
  const { q = '', ...fields } = parametersOf(query);
  const isWhole = told.between.every(({ from, before }) => from === null && before === null);
  const asked = isWhole ? q : joined(q, stretchesText(told));
  if (asked.length > LONGEST || told.between.length * 2 > MOST_TERMS) return null;
  return { query: { ...fields, q: asked } as NonNullable<SelectionBody['query']>, ...ids };
}

/** `timeline:` is the time that orders the timeline, which every picture has; `date:` is not known of all. */
function stretchesText({ between }: Told): string {
  const stretches = between.map(({ from, includesFrom, before }) =>
    [from === null ? '' : `timeline:${includesFrom ? '>=' : '>'}${precise(from)}`, before === null ? '' : `timeline:<${precise(before)}`].filter(Boolean).join(' '),
  );
  return stretches.length === 1 ? stretches[0]! : `(${stretches.map((one) => `(${one})`).join(' or ')})`;
}

/** A moment rather than the whole second that would be meant without a fraction. */
function precise(time: string): string {
  return time.length === '2020-05-03T10:00:00'.length ? `${time}.000000` : time;
}
