/** What somebody with whom a tag is shared may do: the switches, what they mean together, and the end of a share. */
import type { Schemas } from '../api/routes';

export type Rights = Pick<Schemas['ShareItem'], 'originals' | 'future' | 'reshare_depth' | 'share_back' | 'copy' | 'metadata_edit'>;
export type Switch = Exclude<keyof Rights, 'reshare_depth'>;

export const SWITCHES: readonly Switch[] = ['originals', 'future', 'copy', 'metadata_edit', 'share_back'];
/** Where nothing is said. */
export const USUAL: Rights = { originals: true, future: true, reshare_depth: 0, share_back: false, copy: false, metadata_edit: false };
export const DEEPEST = 16;

export interface RightsWords {
  readonly files: string;
  readonly previews: string;
  readonly future: string;
  readonly fixed: string;
  readonly reshare: (depth: number) => string;
  readonly copy: string;
  readonly metadata: string;
  readonly back: string;
}

export interface Clause {
  readonly text: string;
  /** False: it says what is not allowed, or not all of it. */
  readonly isGiven: boolean;
}

/** What is allowed, a clause for each, in the order in which people ask for it. */
export function clauses(rights: Rights, words: RightsWords): Clause[] {
  const given = (isThere: boolean, text: string): Clause[] => (isThere ? [{ text, isGiven: true }] : []);
  return [
    { text: rights.originals ? words.files : words.previews, isGiven: rights.originals },
    { text: rights.future ? words.future : words.fixed, isGiven: rights.future },
    { text: words.reshare(rights.reshare_depth), isGiven: rights.reshare_depth > 0 },
    ...given(rights.copy, words.copy),
    ...given(rights.metadata_edit, words.metadata),
    ...given(rights.share_back, words.back),
  ];
}

/** What `next` takes away from what `now` allows. */
export function lost(now: Rights, next: Rights): (keyof Rights)[] {
  const gone: (keyof Rights)[] = SWITCHES.filter((one) => now[one] && !next[one]);
  return next.reshare_depth < now.reshare_depth ? [...gone, 'reshare_depth'] : gone;
}

/** Only the rights of something that has more. */
export function rightsOf({ originals, future, reshare_depth, share_back, copy, metadata_edit }: Rights): Rights {
  return { originals, future, reshare_depth, share_back, copy, metadata_edit };
}

/** The end of a day that somebody chose, `2030-01-31`, where they are: the moment after which it is over; null for none. */
export function endOfDay(chosen: string): string | null {
  const found = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(chosen);
  if (!found) return null;
  const at = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]), 23, 59, 59);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** The day of a moment where somebody is, as a field for dates has it. */
export function dayOf(moment: string | null): string {
  if (moment === null) return '';
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return '';
  return `${String(at.getFullYear()).padStart(4, '0')}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}
