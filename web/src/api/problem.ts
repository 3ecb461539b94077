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
    /** For people, in their language as far as there are words for it; else in English. */
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

  /**
   * From an answer that is no success; whatever stands between may have answered in HTML. Where nobody will read it, words for it need
   * not be fetched.
   */
  static async of(answer: Response, isRead = true): Promise<Problem> {
    const retryAfter = Number.parseInt(answer.headers.get('Retry-After') ?? '', 10);
    const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
    const said = await body(answer);
    const words = isRead ? await spoken() : null;
    const detail = words?.refusal(said.code, said.detail) ?? said.detail;
    const errors = words ? said.errors.map(({ path, detail: of }) => ({ path, detail: words.sentence(of) })) : said.errors;
    return new Problem(answer.status, said.code, detail, errors, seconds);
  }
}

interface Said {
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly Fault[];
}

async function body(answer: Response): Promise<Said> {
  try {
    const { code, detail, errors } = await answer.json();
    return { code: String(code), detail: String(detail), errors: Array.isArray(errors) ? errors : [] };
  } catch {
    return { code: 'unknown', detail: answer.statusText || `Status ${answer.status}`, errors: [] };
  }
}

/** The words for what the server says come with its first refusal; without them its own are told. */
function spoken(): Promise<typeof import('./faults') | null> {
  return import('./faults').catch(() => null);
}

/** A sentence of the server that came with no refusal, in the language of who reads. */
export async function understood(said: string): Promise<string> {
  return (await spoken())?.sentence(said) ?? said;
}

/** Nobody answered: no network, or a server that is being started again. */
export class Unreachable extends Error {
  override readonly name: string = 'Unreachable';

  constructor() {
    super('The server does not answer.');
  }
}

/** The answer was lost on the way, and what was asked is not known to be done: it may be under way still. */
export class Uncertain extends Unreachable {
  override readonly name = 'Uncertain';
}
