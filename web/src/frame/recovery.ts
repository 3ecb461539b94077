/** After the server was away, or the session ended somewhere else: the page finds its way back, and loses nothing. */
import { onBeforeUnmount, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { client } from '../api/client';
import { live, on, open, tell } from '../api/events';
import { session, whoAmI } from '../api/session';

/** A stream that stays away so long may be refused rather than broken, in milliseconds. */
const DOUBT = 4000;

export function useRecovery(): void {
  const route = useRoute();
  const router = useRouter();
  let doubts = 0;

  /** Opened without a server, the page does not know yet whose it is. */
  async function askAgain(): Promise<void> {
    if (session.account.value !== null) return;
    try {
      if ((await whoAmI()) === null) await router.replace({ path: '/login', query: { to: route.fullPath } });
    } catch {
      // Not yet; the stream will say when.
    }
  }

  /** A stream does not say why it is refused; a question does, and then signing in is offered over the page. */
  async function askWhy(): Promise<void> {
    if (session.account.value === null) return askAgain();
    try {
      await client.get('/account');
    } catch {
      // Whatever it is, the client has told whom it concerns.
    }
  }

  const stop = on([], () => void askAgain());
  watch(live, (stands) => {
    clearInterval(doubts);
    if (!stands) doubts = window.setInterval(() => void (session.expired.value || askWhy()), DOUBT);
  });
  // Signed in again, here or in another tab: what happened meanwhile was heard by nobody.
  watch(session.expired, (isExpired, was) => {
    if (isExpired || !was || session.account.value === null) return;
    open();
    tell('resync');
  });
  onBeforeUnmount(() => {
    stop();
    clearInterval(doubts);
  });
}
