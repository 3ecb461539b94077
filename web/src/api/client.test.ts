/** Asking the server over the end of a session: what was asked before somebody signed in again is asked once more. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
// Before there is a document that can do next to nothing.
import 'vue';
import { Client } from './client';
import { Problem, Unreachable } from './problem';

// Refusals have words, whose language a page knows.
beforeEach(() => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
});
afterEach(() => void vi.unstubAllGlobals());

/** A server that answers these one after the other, and then nothing more. */
function server(...answers: (() => Response)[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push(`${init.method} ${address} ${new Headers(init.headers).get('X-CSRF-Token') ?? ''}`.trim());
    const next = answers.shift();
    if (!next) throw new TypeError('no network');
    return next();
  });
  return asked;
}

const refused = (): Response => Response.json({ code: 'unauthenticated', detail: 'This session has ended.' }, { status: 401 });

function made(): { client: Client; expired: ReturnType<typeof vi.fn> } {
  const client = new Client();
  const expired = vi.fn();
  client.onExpired = expired;
  client.trust('old');
  return { client, expired };
}

it('tells that the session has ended', async () => {
  const { client, expired } = made();
  server(refused);
  await expect(client.get('/account')).rejects.toBeInstanceOf(Problem);
  expect(expired).toHaveBeenCalledOnce();
});

it('asks once more where somebody has signed in meanwhile, with the new token', async () => {
  const { client, expired } = made();
  const asked = server(
    () => (client.trust('new'), refused()),
    () => Response.json({ revoked: 1 }),
  );
  await client.post('/account/password', { body: { old_password: 'a', new_password: 'b' } });
  expect(asked).toEqual(['POST /api/v1/account/password old', 'POST /api/v1/account/password new']);
  expect(expired).not.toHaveBeenCalled();
});

it('takes an answer that breaks off for none', async () => {
  const { client } = made();
  const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('network error')) });
  server(() => new Response(broken, { status: 200 }));
  await expect(client.get('/account')).rejects.toBeInstanceOf(Unreachable);
  server(() => new Response('<html>Please pay for this network</html>', { status: 200 }));
  await expect(client.get('/account')).rejects.toMatchObject({ code: 'unknown' });
});
