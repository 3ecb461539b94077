/** What kind of screen this is, for what styles alone cannot do. */
import { onScopeDispose, type Ref, readonly, ref } from 'vue';

export const PHONE = '(max-width: 700px)';
/** Screens that show more points than pictures of their size in pixels have. */
export const DENSE = '(min-resolution: 1.5dppx)';

/** Whether a media query holds now; follows it. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = window.matchMedia(query);
  const holds = ref(list.matches);
  const heard = (): void => void (holds.value = list.matches);
  list.addEventListener('change', heard);
  onScopeDispose(() => list.removeEventListener('change', heard));
  return readonly(holds);
}
