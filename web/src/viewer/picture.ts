/** One picture, all that is known of it, and changing it so that nothing of anybody is lost. */
import { type Ref, computed, watch } from 'vue';
import { client } from '../api/client';
import { tell } from '../api/events';
import { Problem } from '../api/problem';
import type { Answer, BodyOf } from '../api/routes';
import { done } from '../ui/undo';
import { type Loaded, useLoaded } from '../ui/work';
import { clashes } from './clash';

export type Whole = Answer<'get', '/pictures/{picture_id}'>;
export type Fields = NonNullable<BodyOf<'patch', '/pictures/{picture_id}'>>;

/** Somebody else has set the same fields meanwhile. */
export class Clash extends Error {
  override readonly name = 'Clash';

  constructor(readonly theirs: Whole) {
    super('Somebody else changed the same.');
  }
}

export interface Held {
  /** Null until it is there. */
  readonly whole: Readonly<Ref<Whole | null>>;
  readonly fault: Loaded<Whole>['fault'];
  readonly reload: () => Promise<void>;
}

const NEWS = ['picture.updated', 'picture.ready', 'picture.failed', 'picture.trashed', 'picture.restored', 'pictures.changed', 'tags.changed', 'share.changed'];

/** The picture that `id` names, kept up. */
export function usePicture(id: () => string): Held {
  const { value, fault, reload } = useLoaded((signal) => read(id(), signal), NEWS);
  watch(id, () => void reload());
  return { whole: computed(() => (value.value?.id === id() ? value.value : null)), fault, reload };
}

export function read(id: string, signal?: AbortSignal): Promise<Whole> {
  return client.get('/pictures/{picture_id}', { path: { picture_id: id }, signal });
}

/**
 * Set fields of a picture that looked like `base` when somebody began to write. What others changed elsewhere in it meanwhile is
 * left as it is; raises `Clash` where they changed the same.
 */
export async function change(base: Whole, fields: Fields, text: string): Promise<Whole> {
  let seen = base;
  for (;;) {
    try {
      const { answer, operation } = await client.tell('patch', '/pictures/{picture_id}', {
        path: { picture_id: base.id },
        body: fields,
        ifMatch: `"${seen.revision}"`,
      });
      if (text) done(text, operation);
      tell('pictures.changed');
      return answer;
    } catch (error) {
      if (!(error instanceof Problem && error.status === 412)) throw error;
      seen = await read(base.id);
      if (clashes(base, seen, fields)) throw new Clash(seen);
    }
  }
}
