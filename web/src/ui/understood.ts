/** What the server said earlier, such as why a file cannot be shown, in the language that is spoken now. */
import { type Ref, readonly, shallowRef, watch } from 'vue';
import { understood } from '../api/problem';
import { language } from './words';

export function useUnderstood(said: () => string | null | undefined): Readonly<Ref<string>> {
  const text = shallowRef('');
  watch(
    [said, language],
    async ([now]) => {
      text.value = now ?? '';
      if (!now) return;
      const own = await understood(now);
      if (said() === now) text.value = own;
    },
    { immediate: true },
  );
  return readonly(text);
}
