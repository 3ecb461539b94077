/** Parts of the application that are fetched when they are first wanted: waited for while nobody answers, rather than given up. */
import { toast } from './toasts';
import { defineWords } from './words';

const words = defineWords({
  en: {
    waits: 'The server does not answer. This part comes as soon as it does.',
    changed: 'Archypix has changed on the server. Load the page anew to go on.',
    load: 'Load it',
  },
  fr: {
    waits: 'Le serveur ne répond pas. Cette partie viendra dès qu’il répondra.',
    changed: 'Archypix a changé sur le serveur. Rechargez la page pour continuer.',
    load: 'Recharger',
  },
});

const SOON = 1000;
const LATE = 15_000;
/** Several parts may be wanted at once: that nobody answers is said once in this time. */
const QUIET = 10_000;
let said = -QUIET;

/** A loader that goes on until it has what it loads; who asks meanwhile waits for the same. */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  let going: Promise<T> | null = null;
  return () => (going ??= untilThere(load).finally(() => (going = null)));
}

async function untilThere<T>(load: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await load();
    } catch {
      await told(tries);
      await later(Math.min(SOON * tries, LATE));
    }
  }
}

/** A server that answers and does not have it any more is a newer one. */
async function told(tries: number): Promise<void> {
  const answers = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then(({ ok }) => ok, () => false);
  if (tries === 1 && !answers && performance.now() - said > QUIET) {
    said = performance.now();
    toast(words.value.waits, { kind: 'fault' });
  }
  if (tries === 3 && answers) toast(words.value.changed, { kind: 'fault', action: { label: words.value.load, run: () => location.reload() } });
}

/** After a while, or once there is a network again. */
function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(go, milliseconds);
    window.addEventListener('online', go);

    function go(): void {
      clearTimeout(timer);
      window.removeEventListener('online', go);
      resolve();
    }
  });
}
