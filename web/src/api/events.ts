/** What happens in the library while it is looked at: one stream for the page, and who wants to hear of what. */
import { readonly, ref } from 'vue';

type Heard = (data: Readonly<Record<string, unknown>>) => void;

const hearers = new Map<string, Set<Heard>>();
const listening = new Set<string>();
const connected = ref(true);
let stream: EventSource | null = null;
let again = 0;
let wait = 1000;

/** Whether the stream stands. False: what is shown may be old. */
export const live = readonly(connected);

/**
 * Call `heard` whenever one of `kinds` is told (`picture.added`, `tags.changed`…), and for `resync`, after which something may
 * have been missed. Returns what ends it.
 */
export function on(kinds: readonly string[], heard: Heard): () => void {
  const all = [...kinds, 'resync'];
  for (const kind of all) {
    if (!hearers.has(kind)) hearers.set(kind, new Set());
    hearers.get(kind)!.add(heard);
    if (stream) listen(stream, kind);
  }
  return () => {
    for (const kind of all) hearers.get(kind)?.delete(heard);
  };
}

/** As `on`, where many events are one: `run` is called so many milliseconds after the first of them, however many follow. */
export function onSome(kinds: readonly string[], wait: number, run: () => void): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const stop = on(kinds, () => {
    soon ??= setTimeout(() => {
      soon = undefined;
      run();
    }, wait);
  });
  return () => {
    stop();
    clearTimeout(soon);
  };
}

/** Tell everybody in this page, as if the server had. */
export function tell(kind: string, data: Readonly<Record<string, unknown>> = {}): void {
  for (const heard of [...(hearers.get(kind) ?? [])]) heard(data);
}

/** Open the stream, once somebody is signed in. */
export function open(): void {
  close();
  listening.clear();
  stream = new EventSource('/api/v1/events');
  for (const kind of [...hearers.keys()]) listen(stream, kind);
  stream.onopen = () => {
    wait = 1000;
    if (!connected.value) tell('resync');
    connected.value = true;
  };
  stream.onerror = () => {
    connected.value = false;
    // A browser tries again by itself unless the answer was none that it understands.
    if (stream?.readyState !== EventSource.CLOSED) return;
    clearTimeout(again);
    again = window.setTimeout(open, wait);
    wait = Math.min(wait * 2, 60_000);
  };
}

export function close(): void {
  clearTimeout(again);
  stream?.close();
  stream = null;
}

function listen(to: EventSource, kind: string): void {
  if (listening.has(kind)) return;
  listening.add(kind);
  to.addEventListener(kind, (event) => {
    try {
      tell(kind, JSON.parse((event as MessageEvent<string>).data || '{}'));
    } catch {
      tell('resync');
    }
  });
}
