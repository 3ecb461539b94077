/** What this server says of itself to everybody: its name, and who may join. */
import { readonly, shallowRef } from 'vue';
import { client } from './client';
import type { Answer } from './routes';

export type Instance = Answer<'get', '/instance'>;
export type Registration = Instance['registration'];

const known = shallowRef<Instance | null>(null);

/** Null until it was asked. */
export const instance = readonly(known);

/** Ask anew. */
export async function readInstance(): Promise<Instance> {
  return (known.value = await client.get('/instance'));
}

/** An administrator has changed it. */
export function instanceChanged(now: Instance): void {
  known.value = now;
}

/** What people call this server. */
export function serverName(of: Instance | null): string {
  return of?.name || of?.domain || '';
}
