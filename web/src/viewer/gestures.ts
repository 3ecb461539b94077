/** What fingers and mice do on a stage: they pull, pinch and tap. */
import type { Point } from './zoom';

export interface Moves {
  /** A pull has begun; false: it is not wanted, and what is there for the browser stays. */
  begins(pointer: 'mouse' | 'touch'): boolean;
  pulled(by: Point, sum: Point): void;
  pinched(factor: number, at: Point, by: Point): void;
  /** It is over; `speed` in points per millisecond. */
  ended(sum: Point, speed: Point): void;
  tapped(at: Point, pointer: 'mouse' | 'touch'): void;
  tappedTwice(at: Point): void;
}

/** Less than this is a tap, in points; taps that follow each other sooner are one double tap, in milliseconds. */
const STILL = 8;
const TWICE = 300;
/** The end of a pull says how fast it was. */
const LATELY = 100;

interface Finger {
  x: number;
  y: number;
}

export class Gestures {
  readonly #fingers = new Map<number, Finger>();
  #sum: Finger = { x: 0, y: 0 };
  #trail: { readonly x: number; readonly y: number; readonly at: number }[] = [];
  #isPull = false;
  #wasPinch = false;
  #pointer: 'mouse' | 'touch' = 'mouse';
  /** A first tap waits for what may be the second one. */
  #tap = 0;

  /** Ends of all gestures are heard on `area`, whose middle is the origin of points. */
  constructor(
    private readonly area: HTMLElement,
    private readonly moves: Moves,
  ) {
    area.addEventListener('pointerdown', this.#down);
    area.addEventListener('pointermove', this.#move);
    area.addEventListener('pointerup', this.#up);
    area.addEventListener('pointercancel', this.#gone);
    area.addEventListener('dblclick', this.#clickedTwice);
  }

  /** Where a pointer is, seen from the middle of the area. */
  point(event: MouseEvent): Point {
    const { left, top, width, height } = this.area.getBoundingClientRect();
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  }

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0 || isHandled(event)) return;
    if (this.#fingers.size === 0) {
      if (!this.moves.begins(kindOf(event))) return;
      this.#sum = { x: 0, y: 0 };
      this.#trail = [];
      this.#isPull = false;
      this.#wasPinch = false;
    }
    this.#fingers.set(event.pointerId, this.point(event));
    this.area.setPointerCapture(event.pointerId);
  };

  readonly #move = (event: PointerEvent): void => {
    const finger = this.#fingers.get(event.pointerId);
    if (!finger) return;
    const now = this.point(event);
    const by = { x: now.x - finger.x, y: now.y - finger.y };
    if (this.#fingers.size === 2) this.#pinch(event.pointerId, finger, now, by);
    finger.x = now.x;
    finger.y = now.y;
    if (this.#fingers.size > 1 || this.#wasPinch) return;
    this.#sum = { x: this.#sum.x + by.x, y: this.#sum.y + by.y };
    this.#trail = [...this.#trail.filter(({ at }) => event.timeStamp - at < LATELY), { ...by, at: event.timeStamp }];
    this.#isPull ||= Math.hypot(this.#sum.x, this.#sum.y) > STILL;
    if (this.#isPull) this.moves.pulled(by, this.#sum);
  };

  #pinch(moving: number, from: Finger, to: Point, by: Point): void {
    this.#wasPinch = true;
    const other = [...this.#fingers].find(([id]) => id !== moving)![1];
    const before = Math.hypot(from.x - other.x, from.y - other.y);
    const after = Math.hypot(to.x - other.x, to.y - other.y);
    if (before < 1 || after < 1) return;
    this.moves.pinched(after / before, { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 }, { x: by.x / 2, y: by.y / 2 });
  }

  readonly #up = (event: PointerEvent): void => {
    if (!this.#fingers.delete(event.pointerId) || this.#fingers.size > 0) return;
    if (this.#isPull || this.#wasPinch) {
      this.moves.ended(this.#wasPinch ? { x: 0, y: 0 } : this.#sum, this.#speed(event.timeStamp));
      return;
    }
    const at = this.point(event);
    this.#pointer = kindOf(event);
    if (this.#pointer === 'mouse') return this.moves.tapped(at, 'mouse');
    clearTimeout(this.#tap);
    if (this.#tap !== 0) {
      this.#tap = 0;
      return this.moves.tappedTwice(at);
    }
    this.#tap = window.setTimeout(() => {
      this.#tap = 0;
      this.moves.tapped(at, 'touch');
    }, TWICE);
  };

  /** What counts as two clicks of a mouse its owner has set. */
  readonly #clickedTwice = (event: MouseEvent): void => {
    if (this.#pointer === 'mouse' && !isHandled(event)) this.moves.tappedTwice(this.point(event));
  };

  readonly #gone = (event: PointerEvent): void => {
    if (this.#fingers.delete(event.pointerId) && this.#fingers.size === 0) this.moves.ended({ x: 0, y: 0 }, { x: 0, y: 0 });
  };

  #speed(now: number): Point {
    const lately = this.#trail.filter(({ at }) => now - at < LATELY);
    const sum = lately.reduce((all, { x, y }) => ({ x: all.x + x, y: all.y + y }), { x: 0, y: 0 });
    return { x: sum.x / LATELY, y: sum.y / LATELY };
  }
}

/** What can be operated in the area has its events for itself. */
function isHandled({ target }: Event): boolean {
  return target instanceof Element && target.closest('button, a, video, input') !== null;
}

function kindOf(event: PointerEvent): 'mouse' | 'touch' {
  return event.pointerType === 'mouse' ? 'mouse' : 'touch';
}
