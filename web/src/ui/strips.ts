/** Rows that are wider than the screen: what is chosen in them is in view. */
import { onMounted, type Ref, watch } from 'vue';

interface Span {
  readonly left: number;
  readonly right: number;
}

/** How far a row that shows `row` has to go on for `chosen` to be in its middle; nothing where all of it is in view already. */
export function wayTo(row: Span, chosen: Span): number {
  if (chosen.left >= row.left && chosen.right <= row.right) return 0;
  return (chosen.left + chosen.right - row.left - row.right) / 2;
}

/** The row alone is moved, sideways; the page stays where it is, as it would not by `scrollIntoView`. */
function show(row: HTMLElement | null): void {
  const chosen = row?.querySelector('[aria-current]');
  if (row && chosen) row.scrollLeft += wayTo(row.getBoundingClientRect(), chosen.getBoundingClientRect());
}

/** The link to where one is has `aria-current`; `here` changes with it, or with what may push it out of view. */
export function useStrip(row: Readonly<Ref<HTMLElement | null>>, here: () => unknown): void {
  onMounted(() => show(row.value));
  watch(here, () => show(row.value), { flush: 'post' });
}
