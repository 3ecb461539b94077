/** Fetching what comes into view: the nearest first, few at once, and nothing that has been scrolled past. */

interface Waiting {
  readonly key: string;
  readonly distance: number;
}

/**
 * Keeps at most `most` fetches under way. `want` replaces what is wanted: what is under way and no longer wanted is given
 * up, and what has failed is tried again only after a pause, so that a server in trouble is left in peace.
 */
export class Loader {
  readonly #running = new Map<string, AbortController>();
  readonly #resting = new Map<string, number>();
  readonly #lately = new Map<string, number>();
  #wanted: Waiting[] = [];
  #again = 0;

  constructor(
    private readonly fetchOne: (key: string, signal: AbortSignal) => Promise<void>,
    /** Told of what went wrong, and of null once something went well. */
    private readonly onEnd: (error: unknown) => void = () => {},
    private readonly most = 4,
    private readonly pause = 2000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  want(keys: readonly Waiting[]): void {
    this.#wanted = [...keys].sort((one, other) => one.distance - other.distance);
    const still = new Set(keys.map(({ key }) => key));
    for (const [key, controller] of this.#running) if (!still.has(key)) controller.abort();
    if (keys.length === 0) clearTimeout(this.#again);
    this.#start();
  }

  /** Try again at once what has failed. */
  retry(): void {
    this.#resting.clear();
    this.#start();
  }

  /** Whether something that is known may be asked for once more: not over and over. */
  allows(key: string): boolean {
    const last = this.#lately.get(key);
    if (last !== undefined && this.now() - last < 10 * this.pause) return false;
    this.#lately.set(key, this.now());
    return true;
  }

  #start(): void {
    for (const { key } of this.#wanted) {
      if (this.#running.size >= this.most) return;
      if (this.#running.has(key) || (this.#resting.get(key) ?? 0) > this.now()) continue;
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    const controller = new AbortController();
    this.#running.set(key, controller);
    try {
      await this.fetchOne(key, controller.signal);
      this.#resting.delete(key);
      this.onEnd(null);
    } catch (error) {
      if (!controller.signal.aborted) this.#rest(key, error);
    } finally {
      this.#running.delete(key);
      if (!controller.signal.aborted) this.#wanted = this.#wanted.filter((one) => one.key !== key || this.#resting.has(key));
      this.#start();
    }
  }

  #rest(key: string, error: unknown): void {
    this.#resting.set(key, this.now() + this.pause);
    this.onEnd(error);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#start(), this.pause + 50) as unknown as number;
  }
}
