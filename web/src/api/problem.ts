/** What the server says when it refuses: RFC 9457, with a stable code and the fields at fault. */
export interface Fault {
  readonly path: string;
  readonly detail: string;
}

export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    /** For people; in English. */
    detail: string,
    readonly errors: readonly Fault[] = [],
    /** Seconds after which asking again makes sense; null: the server did not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }

  /** What is wrong with one field, if anything. */
  of(path: string): string | null {
    return this.errors.find((fault) => fault.path === path)?.detail ?? null;
  }

  /** From an answer that is no success; whatever stands between may have answered in HTML. */
  static async of(answer: Response): Promise<Problem> {
    const retryAfter = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10);
    const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
    try {
      const said = await answer.json();
      return new Problem(answer.status, String(said.code), String(said.detail), said.errors ?? [], seconds);
    } catch {
      return new Problem(answer.status, 'unknown', answer.statusText || `Status ${answer.status}`, [], seconds);
    }
  }
}

/** Nobody answered: no network, or a server that is being started again. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor() {
    super('The server does not answer.');
  }
}
