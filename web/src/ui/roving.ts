/** Many things beside each other with one stop of the Tab key: arrows go from one to the next, and only to the next. */
import { computed, ref } from 'vue';

/** The place that a key leads to from place `at` of `many`; null: the key means something else. */
export type Step = (key: string, at: number, many: number) => number | null;

/** In a row: left and right, up and down alike, and to both ends. */
export function along(key: string, at: number, many: number): number | null {
  const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: many - 1 }[key];
  return to === undefined || many === 0 ? null : Math.min(many - 1, Math.max(0, to));
}

/** `stop(index)` are the attributes of each thing, `pressed` is what the element around them listens to with `keydown`. */
export function useRoving(many: () => number, step: Step = along) {
  const chosen = ref(0);
  const at = computed(() => Math.max(0, Math.min(chosen.value, many() - 1)));

  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = step(event.key, at.value, many());
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    chosen.value = to;
    const stops = (event.currentTarget as Element).querySelectorAll<HTMLElement | SVGElement>('[data-stop]');
    stops[to]?.focus();
  }

  return {
    pressed,
    stop: (index: number) => ({ 'data-stop': '', tabindex: index === at.value ? 0 : -1, onFocus: () => void (chosen.value = index) }),
  };
}
