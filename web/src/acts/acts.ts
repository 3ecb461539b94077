/**
 * What can be done to pictures, one or a million of them: each act takes a selection, says afterwards what it did, and
 * offers the way back. With `dryRun` it only counts what would change, and says nothing.
 */
import { certain, type Kind } from '../api/certain';
import { client, LONG, type Told } from '../api/client';
import { tell } from '../api/events';
import type { Answer, Schemas } from '../api/routes';
import type { SelectionBody } from '../pictures/query';
import { done } from '../ui/undo';
import { toast } from '../ui/toasts';
import { words } from './words';

export type { SelectionBody };
export type Edit = Schemas['PictureEdit'];
export type Shift = Schemas['SecondsShift'] | Schemas['ZoneShift'] | string;
export type Turn = 90 | 180 | 270;
export type Sum = Answer<'post', '/pictures/aggregate'>;
export type Download = Answer<'post', '/pictures/batch/download'>;

export interface How {
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Outcome {
  /** How many pictures changed, or would. */
  readonly affected: number;
  /** What can be undone; null: nothing. */
  readonly operation: string | null;
}

/** Only this picture. */
export function only(id: string): SelectionBody {
  return { include: [id] };
}

type Done = Told<{ affected: number; operation?: string | null }>;

/** `kind` is what the history calls it: where the answer is lost, it tells whether it was done. */
async function act(kind: Kind, how: How, run: () => Promise<Done>, text: (affected: number) => string): Promise<Outcome> {
  const { answer, operation }: Done = how.dryRun ? await run() : await certain(kind, run);
  const outcome = { affected: answer.affected, operation: operation ?? answer.operation ?? null };
  if (how.dryRun) return outcome;
  tell('pictures.changed');
  if (kind === 'tags') tell('tags.changed');
  done(outcome.affected === 0 ? words.value.nothingChanged : text(outcome.affected), outcome.operation);
  return outcome;
}

/** Give tags, making those that are missing, and take others away that people gave. */
export function tag(selection: SelectionBody, add: readonly string[], remove: readonly string[] = [], how: How = {}): Promise<Outcome> {
  const body = { selection, add: [...add], remove: [...remove], dry_run: how.dryRun ?? false };
  const text = (count: number): string => words.value.tagged(count, add.map(shown), remove.map(shown));
  return act('tags', how, () => client.tell('post', '/pictures/batch/tags', { body, signal: how.signal, patience: LONG }), text);
}

/** Set fields; null takes a value away. */
export function edit(selection: SelectionBody, set: Edit, how: How = {}): Promise<Outcome> {
  return metadata(selection, { set }, (count) => words.value.edited(count), how);
}

/** One to five; null takes the rating away. */
export function rate(selection: SelectionBody, rating: number | null, how: How = {}): Promise<Outcome> {
  return metadata(selection, { set: { rating } }, (count) => words.value.rated(count, rating), how);
}

/** Move capture times by seconds or `+01:30`, or to another zone. */
export function shift(selection: SelectionBody, by: Shift, how: How = {}): Promise<Outcome> {
  return metadata(selection, { shift: by }, (count) => words.value.shifted(count), how);
}

/** Turn clockwise. */
export function turn(selection: SelectionBody, degrees: Turn, how: How = {}): Promise<Outcome> {
  return metadata(selection, { turn: degrees }, (count) => words.value.turned(count), how);
}

/** Give a place; null takes it away. */
export function place(selection: SelectionBody, at: { latitude: number; longitude: number } | null, how: How = {}): Promise<Outcome> {
  const set = at === null ? { latitude: null, longitude: null, altitude: null } : { latitude: at.latitude, longitude: at.longitude };
  return metadata(selection, { set }, (count) => words.value.placed(count, at !== null), how);
}

/** Give the place of another picture. */
export function placeLike(selection: SelectionBody, id: string, how: How = {}): Promise<Outcome> {
  return metadata(selection, { gps: { copy_from: id } }, (count) => words.value.placed(count, true), how);
}

interface Change {
  readonly set?: Edit;
  readonly gps?: Schemas['PositionCopy'];
  readonly shift?: Shift;
  readonly turn?: Turn;
}

function metadata(selection: SelectionBody, change: Change, text: (count: number) => string, how: How): Promise<Outcome> {
  const body = { selection, ...change, dry_run: how.dryRun ?? false };
  return act('metadata', how, () => client.tell('post', '/pictures/batch/metadata', { body, signal: how.signal, patience: LONG }), text);
}

/** Into the trash. */
export function trash(selection: SelectionBody, how: How = {}): Promise<Outcome> {
  const body = { selection, dry_run: how.dryRun ?? false };
  return act('trash', how, () => client.tell('post', '/pictures/batch/trash', { body, signal: how.signal, patience: LONG }), (count) => words.value.trashed(count));
}

/** Out of the trash; a query says `trash: true`. */
export function restore(selection: SelectionBody, how: How = {}): Promise<Outcome> {
  const body = { selection, dry_run: how.dryRun ?? false };
  return act('restore', how, () => client.tell('post', '/pictures/batch/restore', { body, signal: how.signal, patience: LONG }), (count) => words.value.restored(count));
}

/** Look at the files again: those that could not be shown, or all. */
export async function examine(selection: SelectionBody, all: boolean, how: How = {}): Promise<Outcome> {
  const body = { selection, all, dry_run: how.dryRun ?? false };
  const { affected } = await client.post('/pictures/batch/examine', { body, signal: how.signal });
  if (!how.dryRun) {
    tell('pictures.changed');
    toast(words.value.examined(affected));
  }
  return { affected, operation: null };
}

/** What the pictures amount to, and what they have in common. */
export function aggregate(selection: SelectionBody, signal?: AbortSignal): Promise<Sum> {
  return client.post('/pictures/aggregate', { body: { selection }, signal });
}

/** Where the originals can be fetched as archives. */
export function download(selection: SelectionBody, filename: string): Promise<Download> {
  return client.post('/pictures/batch/download', { body: { selection, filename } });
}

function shown(path: string): string {
  return path.slice(1);
}
