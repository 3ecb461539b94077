/** The worker that hashes, as a function. */
import { Unreachable } from '../api/problem';
import type { FromHasher, ToHasher } from './hashing.worker';

/** The file is not what it was when it was chosen, or is gone. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

interface Waiting {
  readonly progress: (read: number) => void;
  readonly done: (digest: string) => void;
  readonly failed: (error: Error) => void;
}

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

/** The SHA-256 of a file, in hexadecimal. */
export function hash(file: File, progress: (read: number) => void, signal: AbortSignal): Promise<string> {
  const id = ++last;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      waiting.delete(id);
      tell({ id, stop: true });
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    const end = (): void => {
      waiting.delete(id);
      signal.removeEventListener('abort', stop);
    };
    waiting.set(id, {
      progress,
      done: (digest) => (end(), resolve(digest)),
      failed: (error) => (end(), reject(error)),
    });
    tell({ id, file });
  });
}

function tell(said: ToHasher): void {
  worker ??= started();
  worker.postMessage(said);
}

function started(): Worker {
  const made = new Worker(new URL('./hashing.worker.ts', import.meta.url), { type: 'module' });
  made.onmessage = ({ data }: MessageEvent<FromHasher>) => {
    const one = waiting.get(data.id);
    if (one === undefined) return;
    if ('read' in data) one.progress(data.read);
    else if ('digest' in data) one.done(data.digest);
    else one.failed(new Unreadable(data.fault));
  };
  made.onerror = (event) => {
    worker = null;
    // Without a word of what is wrong with its script it could not be fetched.
    const isAway = !(event instanceof ErrorEvent && event.message);
    for (const one of [...waiting.values()]) one.failed(isAway ? new Unreachable() : new Unreadable('The worker has stopped.'));
  };
  return made;
}
