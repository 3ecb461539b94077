/** Reading again from time to time what nobody tells of, while somebody looks. */
import { onBeforeUnmount, onMounted } from 'vue';

const EVERY = 5000;

/** Call `reload` every few seconds as long as the page is seen. */
export function useRefresh(reload: () => unknown): void {
  let timer = 0;
  onMounted(() => (timer = window.setInterval(() => document.visibilityState === 'visible' && reload(), EVERY)));
  onBeforeUnmount(() => clearInterval(timer));
}
