/** Things that must not happen at the same time, one after another. */

export interface Turns {
  /** Run `step` when all that was asked before is over. */
  take<T>(step: () => Promise<T>): Promise<T>;
}

export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(step) {
      const mine = last.then(step);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/**
 * `read` as often as needed and never twice at once: who asks while it is under way, which may have begun before what they
 * ask for, has it begin once more afterwards, together with all others who do. Each promise ends with a reading that began after it
 * was asked for.
 */
export function coalesced(read: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;

  function begin(): Promise<void> {
    const mine = read().finally(() => {
      if (waiting === null) running = null;
    });
    return (running = mine);
  }

  return () => {
    if (running === null) return begin();
    const next = () => {
      waiting = null;
      return begin();
    };
    return (waiting ??= running.then(next, next));
  };
}
