/** What is under way, and what became of it: for screens that load, and for buttons that act. */
import { getCurrentScope, onScopeDispose, type Ref, readonly, ref, shallowRef } from 'vue';
import { Problem, Uncertain, Unreachable } from '../api/problem';
import { on } from '../api/events';
import { defineWords } from './words';

const words = defineWords({
  en: {
    unreachable: 'The server does not answer. What you see may be old.',
    uncertain: 'The answer was lost on the way, and the history does not show that it was done. Look at the pictures before you do it again.',
    unknown: 'Something went wrong here.',
  },
  fr: {
    unreachable: 'Le serveur ne répond pas. Ce que vous voyez est peut-être ancien.',
    uncertain: 'La réponse s’est perdue en route, et l’historique n’en montre pas la trace. Regardez les photos avant de recommencer.',
    unknown: 'Une erreur s’est produite ici.',
  },
});

/** What went wrong, for people. */
export function said(error: unknown): string {
  if (error instanceof Problem) {
    // What is wrong with one field may be all that there is to say.
    const more = [...new Set(error.errors.map(({ detail }) => detail))].filter((detail) => !error.message.includes(detail));
    return [error.message, ...more].join(' ');
  }
  if (error instanceof Uncertain) return words.value.uncertain;
  if (error instanceof Unreachable) return words.value.unreachable;
  return words.value.unknown;
}

export interface Work {
  readonly busy: Readonly<Ref<boolean>>;
  /** What went wrong the last time; null while all is well. */
  readonly fault: Readonly<Ref<unknown>>;
  /** Do it, unless something is being done: whether it went well. What it raises is kept in `fault`. */
  run(act: () => Promise<void>): Promise<boolean>;
  clear(): void;
}

export function useWork(): Work {
  const busy = ref(false);
  const fault = shallowRef<unknown>(null);
  return {
    busy: readonly(busy),
    fault,
    clear: () => (fault.value = null),
    async run(act) {
      if (busy.value) return false;
      busy.value = true;
      fault.value = null;
      try {
        await act();
        return true;
      } catch (error) {
        fault.value = error;
        if (!(error instanceof Problem || error instanceof Unreachable)) console.error(error);
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}

export interface Loaded<T> {
  /** Null until it is there for the first time; what was there stays while it is read again. */
  readonly value: Readonly<Ref<T | null>>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly fault: Readonly<Ref<unknown>>;
  reload(): Promise<void>;
}

/**
 * Something read from the server: at once, again on `reload`, and again soon after one of the events `kinds`. The latest
 * question wins; one that is no longer of interest is given up.
 */
export function useLoaded<T>(read: (signal: AbortSignal) => Promise<T>, kinds: readonly string[] = []): Loaded<T> {
  const value = shallowRef<T | null>(null);
  const busy = ref(false);
  const fault = shallowRef<unknown>(null);
  let asking = new AbortController();
  let reading: Promise<void> = Promise.resolve();
  let soon: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  function reload(): Promise<void> {
    asking.abort();
    return (reading = ask());
  }

  async function ask(): Promise<void> {
    const mine = (asking = new AbortController());
    busy.value = true;
    try {
      const got = await read(mine.signal);
      if (mine.signal.aborted) return;
      value.value = got;
      fault.value = null;
    } catch (error) {
      if (!mine.signal.aborted) fault.value = error;
    } finally {
      if (!mine.signal.aborted) busy.value = false;
    }
  }

  const stop = on(kinds, () => {
    // Events come in swarms: one question answers for all of them, and gives up none that is under way.
    soon ??= setTimeout(async () => {
      await reading;
      soon = undefined;
      if (!over) void reload();
    }, 250);
  });
  if (getCurrentScope()) {
    onScopeDispose(() => {
      over = true;
      stop();
      clearTimeout(soon);
      asking.abort();
    });
  }
  void reload();
  return { value, busy: readonly(busy), fault, reload };
}
