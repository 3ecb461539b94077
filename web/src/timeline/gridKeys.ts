/** Keys of every view of pictures. */
import { type Turns, turns } from '../api/turns';
import { useKeys } from '../ui/keys';
import { type Direction, type Step, step } from './moving';
import type { Selecting } from './selecting';
import type { Where } from './timeline';
import type { TimelineView } from './view';
import { words } from './words';

export interface Hands {
  view(): TimelineView | null;
  readonly selecting: Selecting;
  /** The picture that keys act on. */
  active(): string | null;
  activate(id: string): void;
  open(id: string): void;
  nextMode(): void;
  /** Whether something lies above the pictures that has the keys. */
  isCovered(): boolean;
}

/** Steps that wait for pictures; a key that is held down longer leads no further. */
const MOST_WAITING = 32;

/** Steps that follow from each other. */
interface Walk {
  readonly queue: Turns;
  waiting: number;
}

const walkFrom = (): Walk => ({ queue: turns(), waiting: 0 });

export function useGridKeys(hands: Hands): void {
  const { selecting } = hands;
  let walk = walkFrom();

  /** A step begins where the one before it has led, also while that one still asks for its pictures. */
  function inTurn(step: () => Promise<void>): void {
    const mine = walk;
    if (mine.waiting >= MOST_WAITING) return;
    mine.waiting += 1;
    void mine.queue.take(async () => (mine === walk ? step() : undefined)).finally(() => (mine.waiting -= 1));
  }

  /** A step to a place that is the same from everywhere: those that still wait lead nowhere any more. */
  function atOnce(step: () => Promise<void>): void {
    walk = walkFrom();
    inTurn(step);
  }

  function place(): Where | null {
    const id = hands.active();
    return id === null ? null : (hands.view()?.timeline.locate(id) ?? null);
  }

  async function to(block: number, pick: (count: number) => number): Promise<void> {
    const view = hands.view();
    const mine = walk;
    const pictures = await view?.ensure(block).catch(() => null);
    if (!view || !pictures?.ids.length || mine !== walk) return;
    arrive({ block, picture: pick(pictures.ids.length) });
  }

  function arrive(where: Where): void {
    const view = hands.view()!;
    const spot = view.timeline.spotAt(where);
    if (!spot) return;
    hands.activate(spot.id);
    view.reveal(where);
  }

  /** The first picture of all: its place is known before it is. */
  function home(): Promise<void> {
    hands.view()?.goTo(0);
    return to(0, () => 0);
  }

  /** The first picture that is seen, where none is active yet. */
  function first(): Step {
    const view = hands.view();
    for (const { index, first, end, layout, top } of view?.timeline.shown(view.offset, view.viewHeight) ?? []) {
      if (!layout) return { block: index, picture: null };
      for (let picture = first; picture < end; picture++) {
        if (layout.boxes[picture]!.top + top >= view!.offset) return { block: index, picture };
      }
    }
    return null;
  }

  async function move(direction: Direction): Promise<void> {
    const view = hands.view();
    if (!view) return;
    const here = place();
    const next = here ? step(view.timeline, here, direction) : first();
    if (next === null) return;
    if (next.picture !== null) arrive(next);
    else await to(next.block, (count) => (direction === 'right' || direction === 'down' ? 0 : count - 1));
  }

  async function stretch(direction: Direction): Promise<void> {
    const from = hands.active();
    if (from !== null && (selecting.origin === null || selecting.count.value === 0)) selecting.toggle(from);
    const mine = walk;
    await move(direction);
    const id = hands.active();
    if (id !== null && mine === walk) selecting.extend(id);
  }

  function page(by: 1 | -1): void {
    const view = hands.view();
    if (view) view.goTo(view.offset + by * view.viewHeight * 0.9);
  }

  function day(): boolean | void {
    const where = place();
    const spot = where && hands.view()!.timeline.spotAt(where);
    if (!spot) return false;
    selecting.day(spot.time.slice(0, 10), !selecting.has(spot.id));
  }

  /** What is written for pictures goes elsewhere from fields, buttons and links that are none. */
  function isFree(event: KeyboardEvent): boolean {
    if (hands.isCovered()) return false;
    const { target } = event;
    if (!(target instanceof HTMLElement) || target === document.body || target.closest('.grid-box') !== null) return true;
    return target.matches('main, h1, [tabindex="-1"]');
  }

  const free = (run: () => boolean | void) => (event: KeyboardEvent) => (isFree(event) ? run() : false);
  const anywhere = (run: () => boolean | void) => () => (hands.isCovered() ? false : run());
  const withActive = (run: (id: string) => void) => () => {
    const id = hands.active();
    if (id === null) return false;
    run(id);
  };
  const silent = () => '';
  const last = () => (hands.view()?.timeline.count ?? 0) - 1;

  useKeys(
    () => words.value.keysTitle,
    [
      { keys: 'ArrowRight', text: () => words.value.keyMove, run: free(() => inTurn(() => move('right'))) },
      { keys: 'ArrowLeft', text: silent, run: free(() => inTurn(() => move('left'))) },
      { keys: 'ArrowDown', text: silent, run: free(() => inTurn(() => move('down'))) },
      { keys: 'ArrowUp', text: silent, run: free(() => inTurn(() => move('up'))) },
      { keys: 'Enter', text: () => words.value.keyOpen, run: free(withActive((id) => hands.open(id))) },
      { keys: 'x', text: () => words.value.keySelect, run: anywhere(withActive((id) => selecting.toggle(id))) },
      { keys: ' ', text: silent, run: free(withActive((id) => selecting.toggle(id))) },
      { keys: 'Shift+x', text: () => words.value.keySelectDay, run: anywhere(day) },
      { keys: 'Shift+ArrowRight', text: () => words.value.keyRange, run: free(() => inTurn(() => stretch('right'))) },
      { keys: 'Shift+ArrowLeft', text: silent, run: free(() => inTurn(() => stretch('left'))) },
      { keys: 'Shift+ArrowDown', text: silent, run: free(() => inTurn(() => stretch('down'))) },
      { keys: 'Shift+ArrowUp', text: silent, run: free(() => inTurn(() => stretch('up'))) },
      { keys: 'Ctrl+a', text: () => words.value.keyAll, run: anywhere(() => selecting.all()) },
      { keys: 'i', text: () => words.value.keyInvert, run: anywhere(() => (selecting.count.value === 0 ? false : selecting.invert())) },
      { keys: 'Escape', text: () => words.value.keyClear, run: anywhere(() => (selecting.count.value === 0 ? false : selecting.clear())) },
      { keys: 'Home', text: () => words.value.keyFirst, run: free(() => atOnce(home)) },
      { keys: 'End', text: silent, run: free(() => atOnce(() => to(last(), (count) => count - 1))) },
      { keys: 'PageDown', text: () => words.value.keyPage, run: free(() => page(1)) },
      { keys: 'PageUp', text: silent, run: free(() => page(-1)) },
      // Of what is selected it asks for tags, also where the bar that takes it is still on its way.
      { keys: 't', text: () => words.value.keyToday, run: anywhere(() => (selecting.count.value > 0 ? false : hands.view()?.go(today()))) },
      { keys: 'v', text: () => words.value.keyMode, run: anywhere(() => hands.nextMode()) },
    ],
  );
}

/** By the clock of who looks, as cameras tell it. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-');
}
