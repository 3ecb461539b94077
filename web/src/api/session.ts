/** Who is signed in. */
import { readonly, ref, shallowRef } from 'vue';
import { client } from './client';
import { Problem } from './problem';
import type { Schemas } from './routes';

export type Account = Schemas['AccountOut'];

const account = shallowRef<Account | null>(null);
/** Whether the server no longer knows a session that there was: work on the screen is kept, and signing in goes on with it. */
const expired = ref(false);
let asked: Promise<Account | null> | null = null;

export const session = { account: readonly(account), expired: readonly(expired) };

/** Who is signed in; asks the server once. */
export function whoAmI(): Promise<Account | null> {
  asked ??= ask();
  return asked;
}

async function ask(): Promise<Account | null> {
  try {
    return take(await client.get('/session'));
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) {
      asked = null;
      throw error;
    }
    return null;
  }
}

/** Sign in; raises `Problem` with the code `wrong_credentials`, `account_disabled` or `rate_limited`. */
export async function signIn(name: string, password: string): Promise<Account> {
  return enter(await client.post('/session', { body: { name, password } }));
}

/** Take over what signing in, registering or setting up answered; other tabs hear of it. */
export function enter(entered: { account: Account; csrf_token: string | null }): Account {
  take(entered);
  others?.postMessage(entered.account.name);
  return entered.account;
}

function take(entered: { account: Account; csrf_token: string | null }): Account {
  client.trust(entered.csrf_token);
  account.value = entered.account;
  expired.value = false;
  asked = Promise.resolve(entered.account);
  return entered.account;
}

/** End this session, here and on the server. */
export async function signOut(): Promise<void> {
  try {
    await client.delete('/session');
  } catch (error) {
    // Ended already.
    if (!(error instanceof Problem && error.status === 401)) throw error;
  }
  account.value = null;
  asked = Promise.resolve(null);
  client.trust(null);
}

/** The account has other words about itself now. */
export function changed(now: Account): void {
  account.value = now;
}

client.onExpired = () => {
  if (account.value !== null) expired.value = true;
};

/** Where the same person has signed in anew in another tab, this page goes on with that session. */
async function takeOver(): Promise<boolean> {
  const now = await client.get('/session');
  if (now.account.name !== account.value?.name) return false;
  take(now);
  return true;
}

client.onStale = async () => {
  const isMine = await takeOver();
  if (!isMine) client.onExpired();
  return isMine;
};

/** Tabs of the same browser tell each other who came in. */
const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('archypix-session') : null;
if (others) {
  others.onmessage = ({ data }: MessageEvent<unknown>) => {
    // The browser has the session of somebody else now.
    if (data !== account.value?.name) client.onExpired();
    else if (expired.value) void takeOver().catch(() => {});
  };
}
