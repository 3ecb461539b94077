/** Light or dark: as the system has it, or as somebody chose; kept in this browser. */
import { computed, ref } from 'vue';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = 'archypix.theme';
const worn = ref<Theme>(first());
show();

/** What was chosen. */
export const theme = computed(() => worn.value);

/** Look like this from now on. */
export function wear(chosen: Theme): void {
  worn.value = chosen;
  show();
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // A browser that keeps nothing looks as the system does.
  }
}

function show(): void {
  if (worn.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = worn.value;
}

function first(): Theme {
  try {
    const kept = localStorage.getItem(KEPT);
    return THEMES.find((one) => one === kept) ?? 'system';
  } catch {
    return 'system';
  }
}
