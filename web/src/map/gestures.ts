/** Pushing and zooming a map by mouse, fingers and keys. */
import { type MapView, type Place, placeAt, type Point, pushed, type Size, zoomed } from './mercator';

interface Hand {
  box(): HTMLElement | null;
  size(): Size;
  view(): MapView;
  look(view: MapView): void;
  /** Somebody pointed at a place without pushing. */
  place(place: Place): void;
}

/** A pointer that moved less than this has pointed, not pushed; in pixels. */
const STEADY = 5;
const STEP = 80;
/** The distance of two fingers is never taken for less. */
const APART = 10;

export function useGestures(hand: Hand) {
  const fingers = new Map<number, Point>();
  let moved = 0;
  let frame = 0;
  let wanted: MapView | null = null;

  /** Many movements come within one frame: the last one counts. */
  function look(view: MapView): void {
    wanted = view;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (wanted) hand.look(wanted);
      wanted = null;
    });
  }

  const now = () => wanted ?? hand.view();

  function at(event: { clientX: number; clientY: number }): Point {
    const { left, top } = hand.box()!.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  function down(event: PointerEvent): void {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    if (fingers.size === 0) moved = 0;
    fingers.set(event.pointerId, at(event));
  }

  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const here = at(event);
    moved += Math.hypot(here.x - before.x, here.y - before.y);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) look(pinched(now(), other, before, here, hand.size()));
    else if (moved > STEADY) look(pushed(now(), here.x - before.x, here.y - before.y, hand.size()));
    fingers.set(event.pointerId, here);
  }

  function up(event: PointerEvent): void {
    if (!fingers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && moved <= STEADY && fingers.size === 0) hand.place(placeAt(at(event), now(), hand.size()));
  }

  function twice(event: MouseEvent): void {
    look(zoomed(now(), event.shiftKey ? -1 : 1, at(event), hand.size()));
  }

  function wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    // A pinch on a touch pad comes as a wheel with Ctrl, in small steps.
    const steps = (-event.deltaY * lines * (event.ctrlKey ? 4 : 1)) / 300;
    look(zoomed(now(), Math.max(-1, Math.min(1, steps)), at(event), hand.size()));
  }

  function keys(event: KeyboardEvent): void {
    const size = hand.size();
    const middle = { x: size.width / 2, y: size.height / 2 };
    const push = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    const steps = { '+': 1, '=': 1, '-': -1, _: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (push) look(pushed(now(), push[0]!, push[1]!, size));
    else if (steps) look(zoomed(now(), steps, middle, size));
    else if (event.key === 'Enter' || event.key === ' ') hand.place(placeAt(middle, now(), size));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return {
    pointers: { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, dblclick: twice },
    wheel,
    keys,
    stop: () => cancelAnimationFrame(frame),
  };
}

/** The view after one of two fingers moved: what was between them stays between them. */
export function pinched(view: MapView, other: Point, before: Point, here: Point, size: Size): MapView {
  const steps = Math.log2(apart(other, here) / apart(other, before));
  const middle = { x: (other.x + here.x) / 2, y: (other.y + here.y) / 2 };
  return zoomed(pushed(view, (here.x - before.x) / 2, (here.y - before.y) / 2, size), steps, middle, size);
}

function apart(one: Point, other: Point): number {
  return Math.max(APART, Math.hypot(one.x - other.x, one.y - other.y));
}
