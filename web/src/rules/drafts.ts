/** A service as it is edited, and as the API takes it. */
import type { Schemas } from '../api/routes';
import type { Calendar } from './calendar';
import { type Condition, fieldLeaf, fresh, group, isComplete, type Json, read, write } from './conditions';

export type Service = Schemas['ServiceItem'];
export type ServiceKind = Service['kind'];

/** One `when → tag`; which of both forms the condition has now. */
export interface Line {
  readonly id: number;
  readonly form: 'tree' | 'query';
  readonly tree: Condition;
  readonly query: string;
  /** What it was where this page cannot show it; it is kept unless it is written anew. */
  readonly raw: Json | null;
  readonly tag: string;
}

export interface Mapping {
  readonly share: string;
  readonly tags: readonly string[];
}

export interface Draft {
  readonly kind: ServiceKind;
  readonly name: string;
  readonly enabled: boolean;
  readonly requires: readonly string[];
  readonly excludes: readonly string[];
  readonly lines: readonly Line[];
  readonly calendar: Calendar;
  readonly mapping: Mapping;
}

const NO_CALENDAR: Calendar = { root: '', bands: [] };
const NO_MAPPING: Mapping = { share: '', tags: [] };

export function newTree(): Condition {
  return group('and', [fieldLeaf('camera', 'contains')]);
}

export function newLine(query: string | null = null, tag = ''): Line {
  return { id: fresh(), form: query === null ? 'tree' : 'query', tree: newTree(), query: query ?? '', raw: null, tag };
}

export interface Begun {
  readonly query?: string | null;
  readonly tag?: string;
  readonly calendar?: Calendar;
  readonly share?: string;
}

/** A service that is not there yet, with what is known of it. */
export function newDraft(kind: ServiceKind, { query = null, tag = '', calendar = NO_CALENDAR, share = '' }: Begun = {}): Draft {
  return { kind, name: '', enabled: true, requires: [], excludes: [], lines: [newLine(query, tag)], calendar, mapping: { ...NO_MAPPING, share } };
}

/** A service that is there. */
export function draftOf(service: Service): Draft {
  const { kind, name, enabled, requires, excludes, config } = service;
  const base = { ...newDraft(kind), name, enabled, requires, excludes };
  if (kind === 'segmentation') return { ...base, calendar: config as unknown as Calendar };
  if (kind === 'share_mapping') return { ...base, mapping: config as unknown as Mapping };
  const rules = config.rules as { when: Json; tag: string }[];
  return { ...base, lines: rules.map(({ when, tag }) => lineOf(when, tag)) };
}

function lineOf(when: Json, tag: string): Line {
  if (typeof when === 'string') return newLine(when, tag);
  const tree = read(when);
  return { ...newLine(null, tag), tree: tree ?? newTree(), raw: tree ? null : when };
}

/** The `config` of the API. */
export function configOf(draft: Draft): Record<string, unknown> {
  if (draft.kind === 'segmentation') return { ...draft.calendar };
  if (draft.kind === 'share_mapping') return { ...draft.mapping };
  return { rules: draft.lines.map((line) => ({ when: whenOf(line), tag: line.tag })) };
}

export function whenOf(line: Line): string | Record<string, unknown> {
  if (line.form === 'query') return line.query;
  return line.raw === null ? write(line.tree) : (line.raw as Record<string, unknown>);
}

/** All that changes of a service, as the API takes it. */
export function changesOf(draft: Draft): { name: string; enabled: boolean; requires: string[]; excludes: string[]; config: Record<string, unknown> } {
  const { name, enabled, requires, excludes } = draft;
  return { name: name.trim(), enabled, requires: [...requires], excludes: [...excludes], config: configOf(draft) };
}

/** Whether there is enough to try it out; what is half typed is not asked about. */
export function isReady(draft: Draft): boolean {
  if (draft.kind === 'segmentation') return draft.calendar.root !== '' && draft.calendar.bands.every(({ template }) => template !== '');
  if (draft.kind === 'share_mapping') return draft.mapping.share !== '' && draft.mapping.tags.length > 0;
  return draft.lines.every((line) => line.tag !== '' && (line.form === 'query' ? line.query.trim() !== '' : line.raw !== null || isComplete(line.tree)));
}

/** Whether two drafts would be saved alike. */
export function same(one: Draft, other: Draft): boolean {
  return JSON.stringify(changesOf(one)) === JSON.stringify(changesOf(other));
}
