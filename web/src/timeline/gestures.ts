/** Pointers on tiles: opening, selecting, sweeping over many, dragging what is selected away. */
import type { Selecting } from './selecting';
import type { Selection, Spot } from './selection';
import type { TimelineView } from './view';

/** A finger that stays so long, in milliseconds, selects. */
const LONG = 420;
/** A finger that has moved so far scrolls, in pixels. */
const MOVED = 10;
/** So near an edge, in pixels, sweeping scrolls. */
const EDGE = 72;

export interface Acts {
  open(id: string): void;
  activate(id: string): void;
  /** What is dragged: written for who takes it, and how many it is. */
  dragged(id: string): { readonly text: string; readonly label: string } | null;
}

interface Sweep {
  readonly from: Spot;
  readonly id: string;
  readonly before: Selection;
  readonly on: boolean;
  hasMoved: boolean;
}

export const CARRIED = 'application/x-archypix-selection';

/** Listen on the scroll box; returns what ends it. */
export function useGestures(box: HTMLElement, view: TimelineView, selecting: Selecting, acts: Acts): () => void {
  let sweep: Sweep | null = null;
  let timer = 0;
  let start = { x: 0, y: 0 };
  let pointer = { x: 0, y: 0 };
  let frame = 0;
  let wasSwept = false;

  function begin(id: string, on: boolean): void {
    const where = view.timeline.locate(id);
    const from = where && view.timeline.spotAt(where);
    if (from) sweep = { from, id, before: selecting.now, on, hasMoved: false };
  }

  function over(): void {
    if (!sweep) return;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const x = Math.min(right - 4, Math.max(left + 4, pointer.x));
    const y = Math.min(bottom - 4, Math.max(top + 4, pointer.y));
    const id = idOf(document.elementFromPoint(x, y));
    if (id === null || (id === sweep.id && !sweep.hasMoved)) return;
    sweep.hasMoved = true;
    selecting.sweep(sweep.before, sweep.from, id, sweep.on);
  }

  /** While a sweep is at an edge the view goes on by itself. */
  function creep(): void {
    frame = 0;
    if (!sweep) return;
    const { top, bottom } = box.getBoundingClientRect();
    const beyond = pointer.y < top + EDGE ? pointer.y - top - EDGE : pointer.y > bottom - EDGE ? pointer.y - bottom + EDGE : 0;
    if (beyond !== 0 && sweep.hasMoved) {
      box.scrollTop += Math.max(-40, Math.min(40, beyond / 3));
      over();
    }
    frame = requestAnimationFrame(creep);
  }

  function end(): void {
    clearTimeout(timer);
    timer = 0;
    if (sweep) wasSwept = sweep.hasMoved;
    sweep = null;
    cancelAnimationFrame(frame);
    frame = 0;
  }

  /** Before it is pressed: browsers look then whether it can be dragged. A finger that rests is no drag. */
  function hovered(event: PointerEvent): void {
    const tile = tileOf(event.target);
    if (tile) tile.draggable = event.pointerType === 'mouse' && !isMark(event.target);
  }

  function down(event: PointerEvent): void {
    wasSwept = false;
    const tile = tileOf(event.target);
    const id = idOf(tile);
    pointer = start = { x: event.clientX, y: event.clientY };
    if (!tile || id === null || event.button !== 0) return;
    const isOnMark = isMark(event.target);
    if (event.pointerType !== 'mouse') timer = window.setTimeout(() => long(id), LONG);
    else if (isOnMark && !event.shiftKey) {
      begin(id, !selecting.has(id));
      frame = requestAnimationFrame(creep);
    }
  }

  function long(id: string): void {
    timer = 0;
    navigator.vibrate?.(12);
    const on = !selecting.has(id);
    begin(id, on);
    selecting.toggle(id);
    acts.activate(id);
    // The finger's lifting is no tap.
    wasSwept = true;
    if (sweep) sweep.hasMoved = true;
    frame = requestAnimationFrame(creep);
  }

  function moved(event: PointerEvent): void {
    pointer = { x: event.clientX, y: event.clientY };
    if (timer && Math.hypot(pointer.x - start.x, pointer.y - start.y) > MOVED) {
      clearTimeout(timer);
      timer = 0;
    }
    over();
  }

  /** A finger that selects does not scroll. */
  function touched(event: TouchEvent): void {
    if (sweep) event.preventDefault();
  }

  function clicked(event: MouseEvent): void {
    const day = event.target instanceof Element ? event.target.closest<HTMLElement>('.day-mark') : null;
    if (day) return selecting.day(day.dataset.day!, day.getAttribute('aria-checked') !== 'true');
    const id = idOf(tileOf(event.target));
    if (id === null) return;
    event.preventDefault();
    if (wasSwept) return void (wasSwept = false);
    const isOnMark = isMark(event.target);
    acts.activate(id);
    if (event.shiftKey) selecting.extend(id);
    else if (isOnMark || event.ctrlKey || event.metaKey || selecting.count.value > 0) selecting.toggle(id);
    else acts.open(id);
  }

  function dragged(event: DragEvent): void {
    const tile = tileOf(event.target);
    const id = idOf(tile);
    const carried = id === null ? null : acts.dragged(id);
    if (!tile || !carried || !event.dataTransfer) return event.preventDefault();
    event.dataTransfer.clearData();
    event.dataTransfer.setData(CARRIED, carried.text);
    event.dataTransfer.effectAllowed = 'copyLink';
    const chip = document.createElement('div');
    chip.className = 'drag-chip';
    chip.textContent = carried.label;
    document.body.append(chip);
    event.dataTransfer.setDragImage(chip, -12, -12);
    setTimeout(() => chip.remove());
  }

  function menu(event: Event): void {
    if (timer || sweep || wasSwept) event.preventDefault();
  }

  box.addEventListener('pointerover', hovered);
  box.addEventListener('pointerdown', down);
  box.addEventListener('click', clicked);
  box.addEventListener('dragstart', dragged);
  box.addEventListener('contextmenu', menu);
  box.addEventListener('touchmove', touched, { passive: false });
  window.addEventListener('pointermove', moved);
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
  return () => {
    end();
    window.removeEventListener('pointermove', moved);
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
  };
}

function tileOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('.tile') : null;
}

function isMark(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.tile-mark') !== null;
}

function idOf(target: Element | null): string | null {
  return tileOf(target)?.dataset.picture ?? null;
}
