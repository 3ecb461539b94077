/** Asking the server: one way for all, with the session's cookie and its CSRF token. */
import { Problem, Unreachable } from './problem';
import type { Answer, BodyOf, Method, PathOf, QueryOf, Route } from './routes';

interface Common {
  readonly signal?: AbortSignal | undefined;
  /** The `ETag` that what is changed must still have. */
  readonly ifMatch?: string | undefined;
  /** An answer that has not begun by then is none, in milliseconds. */
  readonly patience?: number | undefined;
}

export type Asked<M extends Method, P extends Route<M>> = Common &
  PathOf<P> & { readonly query?: QueryOf<M, P>; readonly body?: BodyOf<M, P> };

type Arguments<M extends Method, P extends Route<M>> =
  PathOf<P> extends { path: Record<string, string | number> } ? [asked: Asked<M, P>] : [asked?: Asked<M, P>];

/** What came back, with what only headers say. */
export interface Told<T> {
  readonly answer: T;
  /** The number of the operation that was done and can be undone; null: nothing has changed. */
  readonly operation: string | null;
  readonly etag: string | null;
}

type Parameter = string | number | boolean;
type Parameters = Readonly<Record<string, Parameter | readonly Parameter[] | null | undefined>>;

/** What is asked, for the one place that need not know which route it is. */
interface Loose extends Common {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Parameters;
  readonly body?: unknown;
}

const BASE = '/api/v1';
const PATIENCE = 60_000;
/** For what is done to a selection or a branch of tags: however large it is, longer than this it does not take. */
export const LONG = 600_000;

/** The state of being signed in, of which there is one in a page. */
export class Client {
  #csrf: string | null = null;
  /** Called once the server no longer knows the session. */
  onExpired: () => void = () => {};
  /** Called when the token belongs to a session that is no more: whether there is another one of the same person. */
  onStale: () => Promise<boolean> = () => Promise.resolve(false);
  /** Called with whether the server answers, whenever that is news. */
  onReach: (reached: boolean) => void = () => {};
  #reached = true;

  /** The token that comes with signing in, and with asking who is signed in. */
  trust(csrf: string | null): void {
    this.#csrf = csrf;
  }

  /** What requests carry that are not made by `tell`, such as uploads. */
  get csrf(): string | null {
    return this.#csrf;
  }

  get<P extends Route<'get'>>(route: P, ...[asked]: Arguments<'get', P>): Promise<Answer<'get', P>> {
    return this.#tell('get', route, asked as Loose).then(({ answer }) => answer as Answer<'get', P>);
  }

  post<P extends Route<'post'>>(route: P, ...[asked]: Arguments<'post', P>): Promise<Answer<'post', P>> {
    return this.#tell('post', route, asked as Loose).then(({ answer }) => answer as Answer<'post', P>);
  }

  patch<P extends Route<'patch'>>(route: P, ...[asked]: Arguments<'patch', P>): Promise<Answer<'patch', P>> {
    return this.#tell('patch', route, asked as Loose).then(({ answer }) => answer as Answer<'patch', P>);
  }

  put<P extends Route<'put'>>(route: P, ...[asked]: Arguments<'put', P>): Promise<Answer<'put', P>> {
    return this.#tell('put', route, asked as Loose).then(({ answer }) => answer as Answer<'put', P>);
  }

  delete<P extends Route<'delete'>>(route: P, ...[asked]: Arguments<'delete', P>): Promise<Answer<'delete', P>> {
    return this.#tell('delete', route, asked as Loose).then(({ answer }) => answer as Answer<'delete', P>);
  }

  /** Ask, and hear what headers say as well. Raises `Problem` (the server refuses) or `Unreachable`. */
  tell<M extends Method, P extends Route<M>>(method: M, route: P, asked?: Asked<M, P>): Promise<Told<Answer<M, P>>> {
    return this.#tell(method, route, asked as Loose) as Promise<Told<Answer<M, P>>>;
  }

  async #tell(method: Method, route: string, asked: Loose | undefined, isAgain = false): Promise<Told<unknown>> {
    const address = BASE + filled(route, asked?.path) + search(asked?.query);
    const headers = new Headers({ Accept: 'application/json' });
    const csrf = this.#csrf;
    const body = asked?.body === undefined ? null : JSON.stringify(asked.body);
    if (body !== null) headers.set('Content-Type', 'application/json');
    if (method !== 'get' && csrf) headers.set('X-CSRF-Token', csrf);
    if (asked?.ifMatch) headers.set('If-Match', asked.ifMatch);
    const answer = await this.#fetch(address, { method: method.toUpperCase(), headers, body, signal: patient(asked) });
    if (!answer.ok) {
      // A wrong password is a 401 as well, and nobody's session has ended by it.
      if (answer.status === 401 && !route.startsWith('/session')) {
        // Somebody has signed in while this was under way: it was refused for the session before.
        if (this.#csrf !== csrf && !isAgain) return this.#tell(method, route, asked, true);
        this.onExpired();
      }
      // That nobody is signed in is told by the page for it.
      const problem = await Problem.of(answer, method !== 'get' || route !== '/session');
      if (problem.code === 'csrf' && !isAgain && (await this.onStale())) return this.#tell(method, route, asked, true);
      throw problem;
    }
    return {
      answer: answer.status === 204 ? null : await this.#read(answer),
      operation: answer.headers.get('X-Operation'),
      etag: answer.headers.get('ETag'),
    };
  }

  async #fetch(address: string, init: RequestInit): Promise<Response> {
    try {
      const answer = await fetch(address, { ...init, credentials: 'same-origin', redirect: 'error' });
      this.#hear(true);
      return answer;
    } catch (error) {
      throw this.#lost(error);
    }
  }

  /** What began to come may still break off, or be none of this server's. */
  async #read(answer: Response): Promise<unknown> {
    try {
      return await answer.json();
    } catch (error) {
      throw error instanceof SyntaxError ? await Problem.of(answer) : this.#lost(error);
    }
  }

  /** Who asked may have given up; else nobody answers. */
  #lost(error: unknown): unknown {
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    this.#hear(false);
    return new Unreachable();
  }

  #hear(reached: boolean): void {
    if (reached === this.#reached) return;
    this.#reached = reached;
    this.onReach(reached);
  }
}

function patient({ signal, patience = PATIENCE }: Common = {}): AbortSignal {
  const timeout = AbortSignal.timeout(patience);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** A route with values for what stands in braces. */
export function filled(route: string, path: Readonly<Record<string, string | number>> | undefined): string {
  return route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path?.[name])));
}

/** `?a=1&b=2&b=3`, or nothing; null and undefined are left out. */
export function search(query: Parameters | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

/** The one of this page. */
export const client = new Client();
