/** Places from a GPX track: a file and how to read it, which go to the server together. */
import { client } from '../api/client';
import { tell } from '../api/events';
import { Problem, Unreachable } from '../api/problem';
import type { Answer } from '../api/routes';
import type { SelectionBody } from '../pictures/query';
import { done } from '../ui/undo';
import { words } from './words';

export interface Reading {
  /** Minutes that the camera's clock was ahead of UTC; null: what each picture says. */
  readonly utc_offset: number | null;
  /** Seconds. */
  readonly max_gap: number;
  readonly interpolate: boolean;
  readonly overwrite: boolean;
}

export type Matched = Answer<'post', '/pictures/batch/gpx'>;

export async function matchTrack(selection: SelectionBody, file: File, reading: Reading, dryRun: boolean, signal?: AbortSignal): Promise<Matched> {
  const form = new FormData();
  form.append('parameters', JSON.stringify({ selection, ...reading, dry_run: dryRun }));
  form.append('file', file);
  const headers = new Headers({ Accept: 'application/json' });
  if (client.csrf) headers.set('X-CSRF-Token', client.csrf);
  let answer: Response;
  try {
    answer = await fetch('/api/v1/pictures/batch/gpx', { method: 'POST', headers, body: form, credentials: 'same-origin', signal: signal ?? null });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable();
  }
  if (!answer.ok) throw await Problem.of(answer);
  const matched = (await answer.json()) as Matched;
  if (dryRun) return matched;
  tell('pictures.changed');
  done(matched.affected === 0 ? words.value.nothingChanged : words.value.placed(matched.affected, true), matched.operation);
  return matched;
}
