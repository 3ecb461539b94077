/** Acts that must not run twice: where the answer was lost on the way, the history tells whether it was done, before anybody does it again. */
import { client, type Told } from './client';
import { Problem, Uncertain, Unreachable } from './problem';
import type { Schemas } from './routes';

export type Kind = Schemas['OperationItem']['kind'];

/** So often, and so long apart, is looked for what may be under way still. */
const LOOKS = 3;
const APART = 1500;
/** So often is asked whether the server is there again. */
const TRIES = 8;

/**
 * Run an act that is written down as one operation of `kind`. Raises `Unreachable` where nothing was sent, and `Uncertain` where nobody
 * can tell.
 */
export async function certain<T extends { affected: number }>(kind: Kind, run: () => Promise<Told<T>>): Promise<Told<T | { affected: number }>> {
  const [before] = await latest(1);
  try {
    return await run();
  } catch (error) {
    if (!isLost(error)) throw error;
    const found = await since(kind, before?.id ?? null);
    if (found === null) throw new Uncertain();
    return { answer: { affected: found.count }, operation: found.id, etag: null };
  }
}

/** What stands between may answer for a server that went on all the same. */
export function isLost(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.status >= 502 && error.status <= 504 && error.code === 'unknown');
}

/** The one operation of this kind that has been done in the browser since another one; null: none, or nobody can tell which. */
async function since(kind: Kind, before: string | null): Promise<Schemas['OperationItem'] | null> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await pause(APART);
    const items = await patiently(() => latest(20));
    const end = items.findIndex(({ id }) => id === before);
    const mine = items.slice(0, end < 0 ? items.length : end).filter((one) => one.kind === kind && one.by === null && one.undoes === null);
    if (mine.length > 0) return mine.length === 1 ? mine[0]! : null;
  }
  return null;
}

async function latest(limit: number): Promise<readonly Schemas['OperationItem'][]> {
  return (await client.get('/operations', { query: { limit } })).items;
}

/** A server that is being started again answers soon. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isLost(error) || tries >= TRIES) throw new Uncertain();
      await pause(Math.min(APART * tries, 5000));
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
