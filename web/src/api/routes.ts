/** What the API takes and gives, route by route, as `schema.d.ts` has it. */
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

type Full<P extends string> = `/api/v1${P}` & keyof paths;
type Operation<M extends Method, P extends string> = paths[Full<P>][M];

/** The routes that know a method, without `/api/v1`. */
export type Route<M extends Method> = {
  [P in keyof paths]: P extends `/api/v1${infer Short}` ? (paths[P][M] extends { responses: unknown } ? Short : never) : never;
}[keyof paths];

type Content<T> = T extends { content: { 'application/json': infer J } } ? J : null;
type Good<R> = R extends object ? Content<R[keyof R & (200 | 201 | 202 | 204)]> : never;

/** The JSON of a good answer; null where it has none. */
export type Answer<M extends Method, P extends Route<M>> = Operation<M, P> extends { responses: infer R } ? Good<R> : never;

/** The parameters of the query string. */
export type QueryOf<M extends Method, P extends Route<M>> =
  Operation<M, P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

/** The body that a route takes. */
export type BodyOf<M extends Method, P extends Route<M>> =
  Operation<M, P> extends { requestBody?: infer B } ? Content<NonNullable<B>> : never;

type Names<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** Values for what stands in braces in a route. */
export type PathOf<P extends string> = [Names<P>] extends [never] ? { path?: undefined } : { path: Record<Names<P>, string | number> };
