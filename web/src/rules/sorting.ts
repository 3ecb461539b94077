/** Putting a list into another order by its handles: dragged with a pointer, or moved with the arrow keys. */
import { nextTick, onBeforeUnmount, ref } from 'vue';

/** So near to its edges a list scrolls while something is dragged, and at most so fast; in pixels, and pixels a frame. */
const EDGE = 64;
const FAST = 14;

export interface Sorting {
  /** The classes of the entry at `index` of `many`. */
  classes(index: number, many: number): Record<string, boolean>;
  /** What a handle of the entry at `index` listens to. */
  handle(index: number): { onPointerdown: (event: PointerEvent) => void; onKeydown: (event: KeyboardEvent) => void };
}

/**
 * `list` is the element whose children with `data-sorted` are in order, each with one `data-handle`. `move(from, to)` puts
 * the entry at `from` so that it is at `to` afterwards.
 */
export function useSorting(list: () => HTMLElement | null, move: (from: number, to: number) => void): Sorting {
  /** The number of what is being dragged, and before which number it would be put. */
  const dragged = ref<number | null>(null);
  const target = ref<number | null>(null);
  let pointer = 0;
  let frame = 0;

  function entries(): HTMLElement[] {
    return [...(list()?.children ?? [])].filter((child): child is HTMLElement => child instanceof HTMLElement && 'sorted' in child.dataset);
  }

  function moved(event: PointerEvent): void {
    pointer = event.clientY;
    aim();
    frame ||= requestAnimationFrame(creep);
  }

  /** Before which entry the pointer is. */
  function aim(): void {
    const middles = entries().map((entry) => entry.getBoundingClientRect()).map(({ top, height }) => top + height / 2);
    const behind = middles.findIndex((middle) => pointer < middle);
    target.value = behind < 0 ? middles.length : behind;
  }

  /** What lies beyond the edge comes into view. */
  function creep(): void {
    frame = 0;
    const scroller = dragged.value === null ? null : scrollerOf(list());
    if (!scroller) return;
    const { top, bottom } = scroller.getBoundingClientRect();
    const step = creeping(pointer, Math.max(0, top), Math.min(window.innerHeight, bottom));
    if (step === 0) return;
    const before = scroller.scrollTop;
    scroller.scrollTop += step;
    if (scroller.scrollTop === before) return;
    aim();
    frame = requestAnimationFrame(creep);
  }

  function ended(event: PointerEvent): void {
    const [from, to] = [dragged.value, target.value];
    stop();
    if (event.type === 'pointercancel' || from === null || to === null) return;
    const at = to > from ? to - 1 : to;
    if (at !== from) move(from, at);
  }

  function escaped(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    stop();
  }

  function stop(): void {
    dragged.value = target.value = null;
    cancelAnimationFrame(frame);
    frame = 0;
    window.removeEventListener('pointermove', moved);
    window.removeEventListener('pointerup', ended);
    window.removeEventListener('pointercancel', ended);
    window.removeEventListener('keydown', escaped, true);
  }

  function start(event: PointerEvent, index: number): void {
    if (event.button !== 0) return;
    // Otherwise the browser begins to select text.
    event.preventDefault();
    (event.currentTarget as HTMLElement).focus();
    dragged.value = index;
    target.value = index;
    window.addEventListener('pointermove', moved);
    window.addEventListener('pointerup', ended);
    window.addEventListener('pointercancel', ended);
    window.addEventListener('keydown', escaped, true);
  }

  async function pressed(event: KeyboardEvent, index: number): Promise<void> {
    const many = entries().length;
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: many - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to < 0 || to >= many || to === index) return;
    move(index, to);
    await nextTick();
    entries()[to]?.querySelector<HTMLElement>('[data-handle]')?.focus();
  }

  onBeforeUnmount(stop);
  return {
    classes: (index, many) => ({
      dragged: dragged.value === index,
      'drop-before': target.value === index,
      'drop-after': target.value === many && index === many - 1,
    }),
    handle: (index) => ({ onPointerdown: (event) => start(event, index), onKeydown: (event) => void pressed(event, index) }),
  };
}

function scrollerOf(element: HTMLElement | null): Element | null {
  for (let one: Element | null = element; one; one = one.parentElement) {
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return document.scrollingElement;
}

/** How far to scroll in a frame where a pointer at `y` drags something between two edges: the nearer to one, the faster. */
export function creeping(y: number, top: number, bottom: number): number {
  const near = Math.min(EDGE, (bottom - top) / 4);
  const [above, below] = [top + near - y, y - (bottom - near)];
  const part = Math.max(above, below) / Math.max(1, near);
  return part <= 0 ? 0 : Math.sign(below - above) * Math.ceil(Math.min(1, part) * FAST);
}

/** A list with the entry at `from` put to `to`. */
export function reordered<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from]!, ...rest.slice(to)];
}
