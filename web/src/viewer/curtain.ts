/** While the viewer is open, nothing behind it can be reached; notes and dialogs over it can. */
import { onBeforeUnmount, onMounted } from 'vue';

/** `box` gets the focus, and gives it back to where it was: to that element, or to what now stands for `id`. */
export function useCurtain(box: () => HTMLElement | null, id: () => string): void {
  let before: HTMLElement | null = null;
  let hidden: HTMLElement[] = [];

  onMounted(() => {
    before = document.activeElement instanceof HTMLElement && document.activeElement !== document.body ? document.activeElement : null;
    hidden = [...document.querySelectorAll<HTMLElement>('.frame > :not(.toasts, dialog)')].filter((one) => !one.inert);
    for (const one of hidden) one.inert = true;
    box()?.focus({ preventScroll: true });
  });

  onBeforeUnmount(() => {
    for (const one of hidden) one.inert = false;
    const last = id();
    const back = before;
    requestAnimationFrame(() => {
      // Whoever is behind may have taken the focus already.
      if (document.activeElement !== null && document.activeElement !== document.body && document.activeElement.id !== 'content') return;
      const tile = document.querySelector<HTMLElement>(`[data-picture="${CSS.escape(last)}"]`);
      (tile ?? (back?.isConnected ? back : document.getElementById('content')))?.focus({ preventScroll: true });
    });
  });
}
