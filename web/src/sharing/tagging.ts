/** What is shared is a tag: pictures that were merely selected get one first. */
import { client, LONG } from '../api/client';
import { tell } from '../api/events';
import type { Schemas } from '../api/routes';

export type SelectionBody = Schemas['SelectionIn'];

/** What to share, as a dialog was asked for it. */
export interface Wanted {
  readonly tag: string;
  readonly selection?: SelectionBody | undefined;
}

/** Give the tag to what was selected, if anything was. Doing it twice changes nothing. */
export async function assign({ tag, selection }: Wanted): Promise<void> {
  if (!selection) return;
  await client.post('/pictures/batch/tags', { body: { selection, add: [tag], remove: [] }, patience: LONG });
  tell('pictures.changed');
  tell('tags.changed');
}

/** How many pictures are selected; null where nothing is. */
export async function counted(selection: SelectionBody | undefined, signal?: AbortSignal): Promise<number | null> {
  if (!selection) return null;
  const { affected } = await client.post('/pictures/batch/tags', { body: { selection, add: [PROBE], remove: [], dry_run: true }, signal });
  return affected;
}

/** A tag that nobody has: all that is selected would get it. */
const PROBE = '/archypix/counted';
