/**
 * The service worker: keeps the application itself, so that it opens without a network, and takes what a phone's share
 * sheet gives. Nothing of the API and no picture is ever kept: others may use the same computer.
 */

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Messaged extends Extendable {
  readonly data: { readonly take?: boolean; readonly has?: string } | null;
  readonly ports: readonly MessagePort[];
}
interface Scope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(kind: 'install' | 'activate', heard: (event: Extendable) => void): void;
  addEventListener(kind: 'fetch', heard: (event: Fetching) => void): void;
  addEventListener(kind: 'message', heard: (event: Messaged) => void): void;
}

/** Put in by the build. */
declare const BUILT: { readonly version: string; readonly files: readonly string[] };

const scope = self as unknown as Scope;
const PREFIX = 'archypix-shell-';
const SHELL = PREFIX + BUILT.version;
const SHARED = 'archypix-shared';
const SHARE = '/import/share';
const MOST_SHARED = 500;
/** Pages that are not the application's: guests' pages, programs' addresses. */
const OTHERS = /^\/(?:api|files|l|dav|inbox|users|nodeinfo|\.well-known)(?:\/|$)/;

scope.addEventListener('install', (event) => event.waitUntil(keep()));
scope.addEventListener('activate', (event) => event.waitUntil(begin()));
scope.addEventListener('message', (event) => {
  if (event.data?.take) event.waitUntil(scope.skipWaiting());
  // A page asks whether it is of this version itself: then there is nothing to load anew.
  if (event.data?.has) event.ports[0]?.postMessage(BUILT.files.includes(event.data.has));
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.method === 'POST' && address.pathname === SHARE) event.respondWith(take(request));
  else if (request.method !== 'GET') return;
  else if (address.pathname.startsWith('/assets/') || BUILT.files.includes(address.pathname)) event.respondWith(kept(request));
  else if (request.mode === 'navigate' && !OTHERS.test(address.pathname)) event.respondWith(page(request));
});

async function keep(): Promise<void> {
  const cache = await caches.open(SHELL);
  await cache.addAll(BUILT.files.map((path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' })));
}

async function begin(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** What the build made never changes under its name: once here it need not be asked for. */
async function kept(request: Request): Promise<Response> {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.startsWith('/assets/')) await (await caches.open(SHELL)).put(request, answer.clone());
  return answer;
}

/** The server's own page; without a server the one that is kept. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match('/')) ?? Response.error();
  }
}

/** Lay down what was shared until the application takes it, and open the application. */
async function take(request: Request): Promise<Response> {
  let count = 0;
  try {
    const form = await request.formData();
    const cache = await caches.open(SHARED);
    for (const file of form.getAll('files').slice(0, MOST_SHARED)) {
      if (!(file instanceof File) || file.size === 0) continue;
      const headers = { 'Content-Type': file.type || 'application/octet-stream', 'X-Filename': encodeURIComponent(file.name), 'X-Modified': String(file.lastModified) };
      await cache.put(`${SHARE}/${Date.now()}-${count}`, new Response(file, { headers }));
      count += 1;
    }
  } catch {
    count = -1;
  }
  return Response.redirect(`/import?shared=${count < 0 ? 'failed' : count}`, 303);
}
