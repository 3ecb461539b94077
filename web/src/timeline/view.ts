/**
 * The timeline in a scroll box: engine, loader and painter on one element. Draws at most once a frame; what is drawn follows from
 * where the box stands, never from what was drawn before.
 */
import { anchorOf, missing, offsetOf } from './anchor';
import { type DayShape, type Heading, type Mode } from './days';
import { faceOf, WAITING } from './faces';
import { type Chosen, Headings, type HeadingWords } from './headings';
import { Loader } from './loader';
import { Painter } from './painter';
import { type Place, Scrolling } from './scrolling';
import { Selection } from './selection';
import { shapeFor } from './shape';
import type { Pictures, Source } from './source';
import { type Bucket, type Shown, Timeline, type Where } from './timeline';

export interface Elements {
  /** Scrolls. */
  readonly box: HTMLElement;
  /** In it, as high as can be scrolled. */
  readonly space: HTMLElement;
  /** In that, where headings and tiles are drawn. */
  readonly headings: HTMLElement;
  readonly tiles: HTMLElement;
}

export interface Told extends HeadingWords {
  /** Where the view stands: a day or month, and whether it has come to rest there. */
  moved(time: string | null, atRest: boolean): void;
  /** Something is known that was not: heights, pictures. */
  learned(key: string | null): void;
  /** Whether pictures could be fetched. */
  reached(error: unknown): void;
}

/** Screens that are drawn above and below what is seen, and such for which pictures are fetched. */
const DRAWN = 0.6;
const FETCHED = 10;
/** Blocks around those in view of which pictures stay in memory. */
const KEPT = 8;
/** Quiet milliseconds after which the thumb goes to where it belongs. */
const REST = 160;
/** Pixels in a millisecond from which on pictures fly by too fast to be seen. */
const FLYING = 6;
/** So often is asked for pictures of a block that others take the place of. */
const TRIES = 3;
/** Tiles are placed from a line that is near, where numbers of a browser are exact. */
const STRIDE = 100_000;

export class TimelineView {
  readonly #scrolling = new Scrolling(0, 1);
  readonly #painter: Painter;
  readonly #headings: Headings;
  readonly #resize: ResizeObserver;
  #loader: Loader;
  #source: Source | null = null;
  #timeline: Timeline<Pictures>;
  #shape: DayShape;
  #selection = Selection.none;
  #active: string | null = null;
  #pinned: (index: number) => boolean = () => false;
  /** Where somebody wanted to go; known better once the pictures there are. */
  #aim: string | null = null;
  /** A picture that was brought into view stays in its place while others around it become known. */
  #held: string | null = null;
  #version = 0;
  #frame = 0;
  #rest = 0;
  #line = 0;
  #moving = false;
  #last = { at: 0, offset: 0, speed: 0 };

  constructor(
    private readonly on: Elements,
    private readonly told: Told,
    mode: Mode,
  ) {
    this.#shape = shapeFor(on.space.clientWidth, mode);
    this.#scrolling.seen(on.box.clientHeight);
    this.#timeline = new Timeline<Pictures>([], this.#shape);
    this.#painter = new Painter(on.tiles, (id) => this.#broken(id));
    this.#headings = new Headings(on.headings, told);
    this.#loader = new Loader((key, signal) => this.#load(key, signal));
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(on.box);
    on.box.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  get timeline(): Timeline<Pictures> {
    return this.#timeline;
  }

  get offset(): number {
    return this.#scrolling.offset;
  }

  /** As it was when it was last measured: to ask the box itself after a change has it laid out at once. */
  get viewHeight(): number {
    return this.#scrolling.view;
  }

  /** How far down the view is, from 0 to 1: at 1 the last picture is seen. */
  get fraction(): number {
    const { offset } = this.#scrolling;
    const end = this.#scrolling.end;
    const beside = end > 0 ? Math.min(1, offset / end) : 0;
    return this.#timeline.fractionAt(offset + beside * this.viewHeight);
  }

  /** Other pictures from now on; from the top, or from a moment. */
  open(source: Source, buckets: readonly Bucket[], newestFirst: boolean, at: string | null): void {
    this.#loader.want([]);
    this.#loader = new Loader((key, signal) => this.#load(key, signal), (error) => this.told.reached(error));
    this.#source = source;
    this.#timeline = new Timeline<Pictures>(buckets, this.#shape, newestFirst);
    this.#version++;
    this.#scrolling.seen(this.on.box.clientHeight);
    this.#moved(this.#scrolling.resized(this.#timeline.height));
    this.told.learned(null);
    if (at !== null) this.go(at);
    else this.#moved(this.#scrolling.go(0));
    this.#draw();
  }

  /** The same pictures, of which some came, went or changed: what is in view stays where it is. */
  update(buckets: readonly Bucket[]): void {
    this.#keeping(() => {
      this.#timeline.age();
      this.#timeline.rebucket(buckets);
    });
    this.told.learned(null);
  }

  close(): void {
    this.#resize.disconnect();
    this.on.box.removeEventListener('scroll', this.#scrolled);
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.#loader.want([]);
  }

  setMode(mode: Mode): void {
    this.#reshape(shapeFor(this.on.space.clientWidth, mode));
  }

  /** What is selected, and blocks that have to stay known to count it. */
  select(selection: Selection, pinned: (index: number) => boolean): void {
    this.#selection = selection;
    this.#pinned = pinned;
    this.refresh();
  }

  activate(id: string | null): void {
    if (id === this.#active) return;
    this.#active = id;
    this.refresh();
  }

  /** Tiles look otherwise now. */
  refresh(): void {
    this.#version++;
    this.#soon();
  }

  /** Show a moment: `2018-07-03`. */
  go(time: string): void {
    this.goTo(this.#timeline.offsetOf(time));
    this.#aim = time;
  }

  goTo(offset: number): void {
    this.#aim = this.#held = null;
    this.#moved(this.#scrolling.go(offset));
    this.#draw();
    this.#resting();
  }

  /** Bring a picture into view, by as little as possible. */
  reveal(where: Where): void {
    const box = this.#timeline.boxAt(where);
    if (!box) return;
    const { offset } = this.#scrolling;
    const heading = this.#shape.heading;
    if (box.top - heading < offset) this.goTo(box.top - heading);
    else if (box.top + box.height + 8 > offset + this.viewHeight) this.goTo(box.top + box.height + 8 - this.viewHeight);
    else this.#soon();
    this.#held = this.#timeline.spotAt(where)?.id ?? null;
  }

  /** The pictures of a block, fetched where they are not known; once more where others took its place meanwhile. */
  async ensure(index: number): Promise<Pictures | null> {
    for (let tries = 0; tries < TRIES; tries++) {
      const block = this.#timeline.block(index);
      if (!block || block.columns || !this.#source) return block?.columns ?? null;
      await this.#load(block.bucket.key, new AbortController().signal);
    }
    return this.#timeline.block(index)?.columns ?? null;
  }

  /** Try again what could not be fetched. */
  retry(): void {
    this.#loader.retry();
    this.#soon();
  }

  readonly #scrolled = (): void => {
    const top = this.on.box.scrollTop;
    if (Math.abs(top - this.#scrolling.top) >= 0.5) {
      this.#moving = true;
      this.#aim = this.#held = null;
      this.#moved(this.#scrolling.scrolled(top));
      this.#clock();
      this.#resting();
    }
    this.#soon();
  };

  /** How fast it goes, from one event to the next. */
  #clock(): void {
    const at = performance.now();
    const { offset } = this.#scrolling;
    const passed = at - this.#last.at;
    this.#last = { at, offset, speed: passed > 0 && passed < 200 ? Math.abs(offset - this.#last.offset) / passed : 0 };
  }

  #resting(): void {
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      this.#moving = false;
      this.#last.speed = 0;
      this.#moved(this.#scrolling.settled());
      this.#soon();
      this.told.moved(this.#place(), true);
    }, REST);
  }

  #place(): string | null {
    return this.#scrolling.offset <= 0 ? null : this.#timeline.timeAt(this.#scrolling.offset + this.#shape.heading / 2);
  }

  #moved(place: Place): void {
    const height = `${this.#scrolling.boxHeight}px`;
    if (this.on.space.style.height !== height) this.on.space.style.height = height;
    if (!place.moved) return;
    this.on.box.scrollTop = place.top;
    this.#draw();
  }

  #resized(): void {
    this.#moved(this.#scrolling.seen(this.on.box.clientHeight));
    const shape = shapeFor(this.on.space.clientWidth, this.#shape.mode);
    if (shape.width !== this.#shape.width) this.#reshape(shape);
    this.#soon();
  }

  #reshape(shape: DayShape): void {
    this.#keeping(() => {
      this.#shape = shape;
      this.#timeline.reshape(shape);
    });
    this.told.learned(null);
  }

  /** Change heights while what is seen stays in its place. */
  #keeping(change: () => void): void {
    const { offset } = this.#scrolling;
    const anchor = this.#aim === null ? anchorOf(this.#timeline, offset, this.viewHeight, this.#held) : { time: this.#aim };
    change();
    this.#version++;
    const above = anchor === null ? 0 : offsetOf(this.#timeline, anchor, offset) - offset;
    const { height } = this.#timeline;
    this.#moved(this.#moving ? this.#scrolling.grown(height, above) : this.#scrolling.resized(height, above));
    this.#soon();
  }

  #soon(): void {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const view = this.viewHeight;
    const { offset, top } = this.#scrolling;
    const from = offset - DRAWN * view;
    const until = offset + view + DRAWN * view;
    const base = this.#lined(top) + offset - top;
    this.#painter.begin();
    this.#headings.begin();
    for (const block of this.#timeline.shown(Math.max(0, from), until - Math.max(0, from))) {
      if (block.layout && block.columns) this.#drawBlock(block, base);
      else this.#drawGuess(block.index, from, until, base);
    }
    this.#painter.end();
    this.#headings.end();
    this.#fetch(view);
    this.told.moved(this.#place(), false);
  }

  /** The line from which things are placed, in the box. */
  #lined(top: number): number {
    const line = Math.floor(top / STRIDE) * STRIDE;
    if (line !== this.#line) {
      this.#line = line;
      this.on.tiles.style.top = this.on.headings.style.top = `${line}px`;
    }
    return line;
  }

  #drawBlock({ index, top, columns, layout, first, end }: Shown<Pictures>, base: number): void {
    const isFlying = this.#last.speed > FLYING;
    for (let picture = first; picture < end; picture++) {
      const box = layout!.boxes[picture]!;
      this.#painter.tile(columns!.ids[picture]!, box, Math.round(top + box.top - base), this.#version, isFlying, () => this.#face({ block: index, picture }, columns!));
    }
    for (const heading of layout!.headings) {
      if (heading.continues || heading.end <= first || heading.first >= end) continue;
      this.#headings.heading(heading.day, heading.left, Math.round(top + heading.top - base), heading.width, this.#version, () => this.#chosen(heading, columns!));
    }
  }

  #drawGuess(index: number, from: number, until: number, base: number): void {
    const block = this.#timeline.block(index)!;
    for (const { index: number, box } of this.#timeline.guessed(index, from, until)) {
      this.#painter.tile(`${block.bucket.key}#${number}`, box, Math.round(block.top + box.top - base), 0, true, () => WAITING);
    }
  }

  #face(where: Where, columns: Pictures) {
    const id = columns.ids[where.picture]!;
    return faceOf(columns, where.picture, {
      selected: this.#selection.has({ id, time: columns.sorted_at[where.picture]! }),
      active: id === this.#active,
      position: this.#timeline.position(where),
      total: this.#timeline.total,
      isList: this.#shape.mode === 'list',
    });
  }

  #chosen({ first, end }: Heading, { ids, sorted_at }: Pictures): Chosen {
    let chosen = 0;
    for (let index = first; index < end; index++) if (this.#selection.has({ id: ids[index]!, time: sorted_at[index]! })) chosen++;
    return chosen === 0 ? 'false' : chosen === end - first ? 'true' : 'mixed';
  }

  #fetch(view: number): void {
    const { offset } = this.#scrolling;
    const around = this.#timeline.shown(Math.max(0, offset - FETCHED * view), view * (1 + 2 * FETCHED));
    if (around.length === 0) return;
    const [first, last] = [around[0]!.index, around.at(-1)!.index];
    this.#loader.want(missing(this.#timeline, first - 1, last + 1, offset + view / 2));
    this.#timeline.forget(first, last, KEPT, this.#pinned);
  }

  async #load(key: string, signal: AbortSignal): Promise<void> {
    const source = this.#source!;
    const pictures = await source.pictures(key, signal);
    if (source !== this.#source) return;
    const { next, ids, sorted_at } = pictures;
    this.#keeping(() => {
      if (next !== null && ids.length > 0) this.#timeline.split(key, ids.length, next, sorted_at.at(-1)!);
      this.#timeline.fill(key, pictures);
    });
    this.told.learned(key);
  }

  /** A thumbnail's address is good for a time; a bucket asked for again has new ones. */
  #broken(id: string): void {
    const where = this.#timeline.locate(id);
    if (where && this.#loader.allows(this.#timeline.block(where.block)!.bucket.key)) this.#timeline.ageOne(where.block);
  }
}
