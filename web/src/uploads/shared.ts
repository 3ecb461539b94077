/** What the phone's share sheet gave: the service worker keeps it until the application has brought it in. */

const CACHE = 'archypix-shared';
const addresses = new WeakMap<File, string>();

/** The files that were shared and are not in the library yet. */
export async function sharedFiles(): Promise<readonly File[]> {
  if (!('caches' in window) || !(await caches.has(CACHE))) return [];
  const cache = await caches.open(CACHE);
  const files: File[] = [];
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (answer === undefined) continue;
    const name = decodeURIComponent(answer.headers.get('X-Filename') ?? '') || 'shared';
    const lastModified = Number(answer.headers.get('X-Modified')) || Date.now();
    const file = new File([await answer.blob()], name, { type: answer.headers.get('Content-Type') ?? '', lastModified });
    addresses.set(file, request.url);
    files.push(file);
  }
  return files;
}

/** This one needs to be kept no longer. */
export function sharedIsIn(file: File): void {
  const address = addresses.get(file);
  if (address !== undefined) void caches.open(CACHE).then((cache) => cache.delete(address));
}

export async function forgetShared(): Promise<void> {
  if ('caches' in window) await caches.delete(CACHE);
}

/** Run it unless another tab is at it; where tabs cannot know of each other, each does. */
export async function alone(run: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return run();
  void navigator.locks.request('archypix-shared', { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    await run();
    // As long as this page stands, it is its affair.
    await new Promise<never>(() => {});
  });
}
