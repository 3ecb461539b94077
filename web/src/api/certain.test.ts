/** Acts whose answers are lost on the way are done once, and nobody is told what is not known. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { certain } from './certain';
import type { Told } from './client';
import { Problem, Uncertain, Unreachable } from './problem';

interface Line {
  readonly id: string;
  readonly kind: string;
  readonly count: number;
  readonly by: string | null;
  readonly undoes: string | null;
}

/** The history as a server tells it, the newest first; `away` is how often it does not answer before. */
let log: Line[] = [];
let away = 0;

function line(id: string, { kind = 'metadata', count = 1, by = null, undoes = null }: Partial<Line> = {}): Line {
  return { id, kind, count, by, undoes };
}

beforeEach(() => {
  vi.useFakeTimers();
  log = [line('old')];
  away = 0;
  vi.stubGlobal('fetch', async () => {
    if (away-- > 0) throw new TypeError('no network');
    return Response.json({ items: log, next: null });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** An act that writes these lines, and whose answer does not come. */
function lost(...lines: Line[]): () => Promise<Told<{ affected: number }>> {
  return async () => {
    log = [...lines, ...log];
    throw new Unreachable();
  };
}

async function became<T>(asked: Promise<T>): Promise<T | Error> {
  const end = asked.catch((error: Error) => error);
  await vi.runAllTimersAsync();
  return end;
}

it('tells what the history has, also after the server was away for a while', async () => {
  const asked = certain('metadata', async () => {
    away = 2;
    return lost(line('new', { count: 7 }))();
  });
  expect(await became(asked)).toEqual({ answer: { affected: 7 }, operation: 'new', etag: null });
});

it('does not take for it what others did meanwhile', async () => {
  const others = [line('tags', { kind: 'tags' }), line('drive', { by: 'Laptop' }), line('undo', { undoes: 'older' })];
  expect(await became(certain('metadata', lost(...others)))).toBeInstanceOf(Uncertain);
  expect(await became(certain('metadata', lost(line('one'), line('two'))))).toBeInstanceOf(Uncertain);
  expect(await became(certain('metadata', lost()))).toBeInstanceOf(Uncertain);
});

it('sends nothing where nobody answers, and leaves refusals as they are', async () => {
  const run = vi.fn(() => Promise.reject(new Problem(422, 'invalid', 'No')));
  away = 1;
  const unsent = await became(certain('metadata', run));
  expect([unsent instanceof Unreachable, unsent instanceof Uncertain, run.mock.calls.length]).toEqual([true, false, 0]);
  expect(await became(certain('metadata', run))).toBeInstanceOf(Problem);
});
