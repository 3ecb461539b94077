/** What is done to tags themselves; each says so, and offers the way back. */
import { client, LONG } from '../../api/client';
import { tell } from '../../api/events';
import { childOf, nameOf, parentOf } from '../../tags/paths';
import type { TagItem } from '../../tags/tags';
import { useTags } from '../../tags/tags';
import { done } from '../../ui/undo';
import { words } from './words';

/** What a change of the tree would touch. */
export interface Touched {
  readonly affected: number;
  readonly services: number;
}

/** Everybody hears of it, and the list is there anew before whoever did it goes on. */
async function heard(): Promise<void> {
  tell('pictures.changed');
  tell('tags.changed');
  await useTags().reload();
}

export async function create(path: string): Promise<TagItem> {
  const { answer, operation } = await client.tell('post', '/tags', { body: { path } });
  await heard();
  done(operation === null ? words.value.done.there(answer.path.slice(1)) : words.value.done.made(answer.path.slice(1)), operation);
  return answer;
}

/** Another name, or another place; raises `Problem` with `tag_exists` where there is one already. */
export async function rename(path: string, newPath: string): Promise<TagItem> {
  const { answer, operation } = await client.tell('post', '/tags/rename', { body: { path, new_path: newPath }, patience: LONG });
  await heard();
  const moved = parentOf(path) !== parentOf(newPath);
  done(moved ? words.value.done.moved(nameOf(newPath), parentOf(newPath)?.slice(1) ?? null) : words.value.done.renamed(nameOf(path), nameOf(newPath)), operation);
  return answer;
}

export async function wouldRename(path: string, newPath: string, signal?: AbortSignal): Promise<Touched> {
  return client.post('/tags/rename', { body: { path, new_path: newPath, dry_run: true }, signal });
}

export async function merge(path: string, into: string): Promise<TagItem> {
  const { answer, operation } = await client.tell('post', '/tags/merge', { body: { path, into }, patience: LONG });
  await heard();
  done(words.value.done.merged(path.slice(1), into.slice(1)), operation);
  return answer;
}

export async function wouldMerge(path: string, into: string, signal?: AbortSignal): Promise<Touched> {
  return client.post('/tags/merge', { body: { path, into, dry_run: true }, signal });
}

export async function remove(path: string): Promise<void> {
  const { operation } = await client.tell('delete', '/tags', { query: { path }, patience: LONG });
  await heard();
  done(words.value.done.deleted(path.slice(1)), operation);
}

export async function wouldRemove(path: string, signal?: AbortSignal): Promise<Touched & { readonly deleted: number }> {
  return client.delete('/tags', { query: { path, dry_run: true }, signal });
}

export interface Look {
  readonly description?: string;
  readonly colour?: string | null;
  readonly cover?: string | null;
}

export async function look(path: string, to: Look): Promise<void> {
  const { operation } = await client.tell('patch', '/tags', { query: { path }, body: to });
  await heard();
  done(words.value.done.looks(nameOf(path)), operation);
}

/** These children of `parent` (null: the roots) in this order. */
export async function order(parent: string | null, names: readonly string[]): Promise<void> {
  const { answer, operation } = await client.tell('put', '/tags/order', { body: { parent, names: [...names] } });
  useTags().replace(answer.items);
  tell('tags.changed');
  if (operation !== null) done(words.value.done.ordered, operation);
}

/** Into another tag (null: to the top), under the same name. */
export function move(path: string, into: string | null): Promise<TagItem> {
  return rename(path, childOf(into, nameOf(path)));
}
