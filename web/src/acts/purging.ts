/** Deleting for good: in as many calls as it takes, since none of them may take long. */
import { client } from '../api/client';
import { tell } from '../api/events';
import type { SelectionBody } from '../pictures/query';
import { toast } from '../ui/toasts';
import { words } from './words';

type Progress = (purged: number) => void;

/** How many pictures would go for good. */
export async function purgeable(selection: SelectionBody, signal?: AbortSignal): Promise<number> {
  return (await client.post('/trash/purge', { body: { selection, dry_run: true }, signal })).purged;
}

/** The selected pictures of the trash; a query says `trash: true`. How many went. */
export function purge(selection: SelectionBody, progress: Progress = () => {}): Promise<number> {
  return untilComplete(() => client.post('/trash/purge', { body: { selection } }), progress);
}

/** All that is in the trash. */
export function emptyTrash(progress: Progress = () => {}): Promise<number> {
  return untilComplete(() => client.delete('/trash'), progress);
}

async function untilComplete(call: () => Promise<{ purged: number; complete: boolean }>, progress: Progress): Promise<number> {
  let total = 0;
  try {
    for (;;) {
      const { purged, complete } = await call();
      total += purged;
      progress(total);
      if (complete) break;
    }
  } finally {
    // Whatever stops it midway, some are gone.
    if (total > 0) tell('pictures.changed');
  }
  toast(words.value.purged(total));
  return total;
}
