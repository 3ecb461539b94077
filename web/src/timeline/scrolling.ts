/**
 * Scrolling through more pixels than a browser can: a page that is as high as may be stands for one that is higher.
 *
 * Browsers cap the height of elements near 16 million pixels, where a library of a million pictures is 40 million and more.
 * So there are two coordinates: `offset`, in the library, and `top`, in the scroll box. Small steps (wheel, finger, keys)
 * move both by the same number of pixels; a jump (the thumb of the scroll bar, the End key) goes to the place in the
 * library that is in proportion. Small steps make the two drift apart: at rest `top` is put back to where it belongs,
 * and at once where the box ends before the library does.
 */

/** Below what every browser can, with room for what stands around the box. */
export const LIMIT = 8_000_000;
/** Jumps are further than that many screens at once. */
const JUMP = 3;

/** Where the view stands now; `moved` where the scroll box has to be put to `top`. */
export interface Place {
  readonly offset: number;
  readonly top: number;
  readonly moved: boolean;
}

export class Scrolling {
  #height: number;
  #view: number;
  #offset = 0;
  #top = 0;
  readonly #limit: number;

  /** `height` of the library and `view` of what is seen of it, in pixels. */
  constructor(height: number, view: number, limit = LIMIT) {
    this.#height = height;
    this.#view = view;
    this.#limit = Math.max(limit, 2);
  }

  /** How high the scroll box's content is. */
  get boxHeight(): number {
    return Math.min(this.#height, Math.max(this.#limit, this.#view * 2));
  }

  get offset(): number {
    return this.#offset;
  }

  get top(): number {
    return this.#top;
  }

  /** How much of the library is seen at once, in pixels. */
  get view(): number {
    return this.#view;
  }

  /** The furthest offset. */
  get end(): number {
    return Math.max(0, this.#height - this.#view);
  }

  get #boxEnd(): number {
    return Math.max(0, this.boxHeight - this.#view);
  }

  /** The scroll box says that it is at `top`. */
  scrolled(top: number): Place {
    const step = top - this.#top;
    const isJump = Math.abs(step) > JUMP * this.#view;
    this.#top = clamp(top, this.#boxEnd);
    this.#offset = isJump ? this.#inLibrary(this.#top) : clamp(this.#offset + step, this.end);
    return this.#endsTooSoon() ? this.settled() : this.#place(false);
  }

  /** Nothing moves: `top` goes to where it belongs, which nobody sees. */
  settled(): Place {
    const belongs = this.#inBox(this.#offset);
    const moved = Math.abs(belongs - this.#top) >= 1;
    if (moved) this.#top = belongs;
    return this.#place(moved);
  }

  /** Go to an offset in the library. */
  go(offset: number): Place {
    this.#offset = clamp(offset, this.end);
    return this.settled();
  }

  /** The library is `height` pixels high now, of which `above` more (or less) than before are above the view. */
  resized(height: number, above = 0): Place {
    this.#height = height;
    this.#offset = clamp(this.#offset + above, this.end);
    return this.settled();
  }

  /** The same while the box moves, where putting it elsewhere would stop it: it stays where it is unless it ends too soon. */
  grown(height: number, above = 0): Place {
    this.#height = height;
    this.#offset = clamp(this.#offset + above, this.end);
    this.#top = clamp(this.#top, this.#boxEnd);
    return this.#endsTooSoon() ? this.settled() : this.#place(false);
  }

  /** The view is `view` pixels high now. */
  seen(view: number): Place {
    this.#view = view;
    this.#offset = clamp(this.#offset, this.end);
    return this.settled();
  }

  /** Whether the box is at one of its ends, or past it, where the library is not. */
  #endsTooSoon(): boolean {
    const under = this.#top <= 0 && this.#offset > 0;
    const over = this.#top >= this.#boxEnd && this.#offset < this.end;
    const early = (this.#offset <= 0 && this.#top > 0) || (this.#offset >= this.end && this.#top < this.#boxEnd);
    return under || over || early;
  }

  #inLibrary(top: number): number {
    return this.#boxEnd === 0 ? 0 : (top / this.#boxEnd) * this.end;
  }

  /** Where `offset` belongs in the box; never at an end of it unless the library ends there. */
  #inBox(offset: number): number {
    if (this.end === 0 || offset <= 0) return 0;
    if (offset >= this.end) return this.#boxEnd;
    const proportional = (offset / this.end) * this.#boxEnd;
    const room = Math.min(this.#view, this.#boxEnd / 4);
    return this.boxHeight === this.#height
      ? offset
      : Math.min(Math.max(proportional, Math.min(offset, room)), this.#boxEnd - Math.min(this.end - offset, room));
  }

  #place(moved: boolean): Place {
    return { offset: this.#offset, top: this.#top, moved };
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
