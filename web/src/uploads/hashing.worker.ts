/** Beside the page: reads files slice by slice and tells their SHA-256, so that the page never stops and memory stays flat. */
import { Sha256 } from './sha256';

export type ToHasher = { readonly id: number; readonly file: File } | { readonly id: number; readonly stop: true };
export type FromHasher = { readonly id: number } & ({ readonly read: number } | { readonly digest: string } | { readonly fault: string });

const SLICE = 4 * 1024 * 1024;
/** Up to here the browser's own is quicker, where there is one, and little enough is in memory. */
const WHOLE = 16 * 1024 * 1024;

const port = self as unknown as { postMessage(said: FromHasher): void; onmessage: ((event: MessageEvent<ToHasher>) => void) | null };
const stopped = new Set<number>();

port.onmessage = ({ data }) => {
  if ('stop' in data) stopped.add(data.id);
  else void answer(data.id, data.file);
};

async function answer(id: number, file: File): Promise<void> {
  try {
    const digest = file.size <= WHOLE && self.crypto.subtle ? await ofWhole(file) : await ofSlices(id, file);
    if (digest !== null) port.postMessage({ id, digest });
  } catch (error) {
    port.postMessage({ id, fault: error instanceof Error ? error.message : String(error) });
  } finally {
    stopped.delete(id);
  }
}

async function ofWhole(file: File): Promise<string> {
  const digest = await self.crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Null: nobody wants to know any more. */
async function ofSlices(id: number, file: File): Promise<string | null> {
  const sum = new Sha256();
  for (let at = 0; at < file.size; at += SLICE) {
    if (stopped.has(id)) return null;
    sum.update(new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer()));
    port.postMessage({ id, read: Math.min(file.size, at + SLICE) });
  }
  return sum.hex();
}
