/** The service worker's other side: begins it, and offers to load the page anew when there is a new version. */
import { on } from '../api/events';
import { hold, toast } from '../ui/toasts';
import { defineWords } from '../ui/words';

const words = defineWords({
  en: { text: 'There is a new version of Archypix.', action: 'Load it' },
  fr: { text: 'Une nouvelle version d’Archypix est disponible.', action: 'La charger' },
});

/** So often it is asked for a new version while the page stands, in milliseconds. */
const OFTEN = 60 * 60 * 1000;
/** And so soon after a question that was not answered. */
const AGAIN = 60 * 1000;

/** Without https there is no service worker, and all else works as well. */
export async function beginWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
    watch(registration);
    let again: number | undefined;
    const look = (): void => {
      clearTimeout(again);
      registration.update().catch(() => (again = window.setTimeout(look, AGAIN)));
    };
    window.setInterval(look, OFTEN);
    // After the stream was away the server may be another one.
    on([], look);
  } catch {
    // Browsers that forbid it, or a server that is being started again: the next time.
  }
}

function watch(registration: ServiceWorkerRegistration): void {
  if (registration.waiting) void arrived(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed' && navigator.serviceWorker.controller) void arrived(coming);
    });
  });
}

/** A new worker waits. Where this page came from the same version already, it may begin; else somebody decides when. */
async function arrived(worker: ServiceWorker): Promise<void> {
  if (await isMine(worker)) return worker.postMessage({ take: true });
  const offer = toast(words.value.text, {
    action: {
      label: words.value.action,
      run: () => {
        navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
        worker.postMessage({ take: true });
      },
    },
  });
  // It waits until somebody has seen it.
  hold(offer, true);
}

function isMine(worker: ServiceWorker): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src]');
  if (script === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<boolean>) => resolve(data);
    worker.postMessage({ has: new URL(script.src).pathname }, [port2]);
  });
}
