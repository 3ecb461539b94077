/** What the server is asked on the way of a file: announce, put, complete. */
import { client } from '../api/client';
import { Problem, Unreachable } from '../api/problem';
import type { Schemas } from '../api/routes';
import { type Item, type Part, wallClock } from './items';

/** The address to put to has ended, or the storage behind it refuses. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly status: number) {
    super(`Status ${status}`);
  }
}

export type Announced = Schemas['AnnounceItem'];

/** Say which files are coming: for each, whether it is there, or where to put it. */
export async function announce(items: readonly Item[], signal: AbortSignal): Promise<readonly Announced[]> {
  const files = items.map(({ file, size, sha256, tags }) => ({
    filename: file.name.slice(0, 1024) || 'unnamed',
    size,
    sha256: sha256!,
    file_date: wallClock(file.lastModified),
    tags: [...tags],
  }));
  return (await client.post('/uploads', { body: { files, batch: items[0]!.batch }, signal })).items;
}

export interface Completed {
  readonly id: string;
  readonly duplicate: boolean;
  readonly inTrash: boolean;
  readonly isReadable: boolean;
}

export async function complete(upload: string, signal: AbortSignal): Promise<Completed> {
  const made = await client.post('/uploads/{upload_id}/complete', { path: { upload_id: upload }, signal });
  return { id: made.id, duplicate: made.duplicate, inTrash: made.in_trash, isReadable: made.state !== 'failed' };
}

export async function forget(upload: string): Promise<void> {
  await client.delete('/uploads/{upload_id}', { path: { upload_id: upload } });
}

/** Put the parts that are not there yet, one after the other; `progress` hears the bytes of the file that are there. */
export async function putAll(item: Item, progress: (sent: number) => void, signal: AbortSignal): Promise<void> {
  let there = item.parts.reduce((sum, { received, size }) => sum + (received ? size : 0), 0);
  progress(there);
  let at = 0;
  for (const part of item.parts) {
    const begin = at;
    at += part.size;
    if (part.received) continue;
    await put(part, item.file.slice(begin, at), (sent) => progress(there + sent), signal);
    there += part.size;
    progress(there);
  }
}

/** Only this way a browser says how far it is. */
function put(part: Part, blob: Blob, progress: (sent: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    signal.addEventListener('abort', stop, { once: true });
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else if (request.status >= 500) reject(new Problem(request.status, 'unavailable', request.statusText));
      else reject(new Refused(request.status));
    };
    request.onerror = () => reject(new Unreachable());
    request.ontimeout = () => reject(new Unreachable());
    request.onabort = () => reject((signal.reason as Error | undefined) ?? new Unreachable());
    request.onloadend = () => signal.removeEventListener('abort', stop);
    request.open('PUT', part.url);
    request.send(blob);
  });
}
