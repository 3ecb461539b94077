/**
 * What is selected among a million pictures, most of which the browser has never heard of: strokes rather than ids.
 *
 * A stroke covers everything or a stretch of the timeline, and selects or deselects what it covers; the last stroke over a
 * picture decides, unless the picture was chosen by itself since. The server is told in its own words: a query with dates,
 * plus and minus ids.
 */

/** Where a picture stands in the timeline: its wall clock, and its id among those of the same moment. */
export interface Spot {
  readonly time: string;
  /** Empty: before all pictures of that moment. */
  readonly id: string;
}

/** A stretch between two pictures, both included, in the order of time whatever the order of the view. */
export interface Stretch {
  readonly from: Spot;
  readonly to: Spot;
}

type Stroke = { readonly on: boolean; readonly stretch: Stretch | null };

interface One {
  readonly spot: Spot;
  readonly on: boolean;
}

/** A stretch of wall clock that is selected, its end excluded; null: no bound there. */
export interface Between {
  readonly from: string | null;
  readonly includesFrom: boolean;
  readonly before: string | null;
}

/** The body of the server's batch calls, without the view's own query. */
export interface Told {
  readonly between: readonly Between[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The server takes at most so many ids of either kind. */
export const MOST_IDS = 10_000;

export function compare(one: Spot, other: Spot): number {
  if (one.time !== other.time) return one.time < other.time ? -1 : 1;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/** The stretch between two pictures, in whichever order they were touched. */
export function stretchOf(one: Spot, other: Spot): Stretch {
  return compare(one, other) <= 0 ? { from: one, to: other } : { from: other, to: one };
}

/** Never changed: each act makes another, so that views can tell and undo can go back. */
export class Selection {
  static readonly none = new Selection([], new Map());

  /** `ones` were touched after every stroke that covers them. */
  private constructor(
    private readonly strokes: readonly Stroke[],
    private readonly ones: ReadonlyMap<string, One>,
  ) {}

  static all(): Selection {
    return new Selection([{ on: true, stretch: null }], new Map());
  }

  get isEmpty(): boolean {
    if (this.strokes.some(({ on }) => on)) return false;
    for (const { on } of this.ones.values()) if (on) return false;
    return true;
  }

  /** Whether nothing was left out of everything. */
  get isAll(): boolean {
    return this.strokes.length === 1 && this.strokes[0]!.stretch === null && this.strokes[0]!.on && this.ones.size === 0;
  }

  has(spot: Spot): boolean {
    return this.ones.get(spot.id)?.on ?? this.#covered(spot);
  }

  with(spot: Spot): Selection {
    return this.each([spot], true);
  }

  without(spot: Spot): Selection {
    return this.each([spot], false);
  }

  toggled(spot: Spot): Selection {
    return this.each([spot], !this.has(spot));
  }

  /** These pictures, selected or not. */
  each(spots: readonly Spot[], on: boolean): Selection {
    const ones = new Map(this.ones);
    for (const spot of spots) {
      // What strokes say already needs no word of its own.
      if (this.#covered(spot) === on) ones.delete(spot.id);
      else ones.set(spot.id, { spot, on });
    }
    return new Selection(this.strokes, ones);
  }

  /** Everything between two pictures, loaded or not. */
  stretched(one: Spot, other: Spot, on = true): Selection {
    const stretch = stretchOf(one, other);
    const strokes = this.strokes.filter((stroke) => stroke.stretch === null || !within(stroke.stretch.from, stroke.stretch.to, stretch));
    const ones = new Map([...this.ones].filter(([, { spot }]) => !within(spot, spot, stretch)));
    return new Selection([...strokes, { on, stretch }], ones);
  }

  inverted(): Selection {
    const strokes = [{ on: false, stretch: null }, ...this.strokes].map(({ on, stretch }) => ({ on: !on, stretch }));
    return new Selection(strokes, new Map([...this.ones].map(([id, { spot, on }]) => [id, { spot, on: !on }])));
  }

  /** Without word of pictures that are no longer there. */
  forgetting(ids: readonly string[]): Selection {
    const known = ids.filter((id) => this.ones.has(id));
    if (known.length === 0) return this;
    const ones = new Map(this.ones);
    for (const id of known) ones.delete(id);
    return new Selection(this.strokes, ones);
  }

  /** The moments at which stretches begin and end, in order; those that cut between pictures of one moment are `dirty`. */
  get cuts(): readonly { readonly time: string; readonly dirty: boolean }[] {
    const found = new Map<string, boolean>();
    for (const { stretch } of this.strokes) {
      for (const { time, id } of stretch ? [stretch.from, stretch.to] : []) found.set(time, (found.get(time) ?? false) || id !== '');
    }
    return [...found].map(([time, dirty]) => ({ time, dirty })).sort((one, other) => (one.time < other.time ? -1 : 1));
  }

  /** Pictures that were chosen or left out by themselves. */
  get singles(): Iterable<One> {
    return this.ones.values();
  }

  /** Whether strokes cover all that lies between two neighbouring cuts, single pictures aside. */
  coversBetween(after: string | null, before: string | null): boolean {
    for (let index = this.strokes.length - 1; index >= 0; index--) {
      const { on, stretch } = this.strokes[index]!;
      if (stretch === null) return on;
      if (after !== null && before !== null && stretch.from.time <= after && stretch.to.time >= before) return on;
    }
    return false;
  }

  /**
   * In the server's words. Stretches are told by moments, so where one ends between pictures of the same moment these are
   * told by id: `sharing(time)` names all of a moment. Null where it takes more ids than the server takes.
   */
  told(sharing: (time: string) => readonly Spot[]): Told | null {
    const between = this.#stretches();
    const include = new Set<string>();
    const exclude = new Set<string>();
    for (const { time, dirty } of this.cuts) {
      if (dirty) for (const spot of sharing(time)) if (this.has(spot)) include.add(spot.id);
    }
    for (const { spot, on } of this.ones.values()) {
      const isTold = between.some((one) => holds(one, spot.time));
      if (on && !isTold) include.add(spot.id);
      if (!on && isTold) exclude.add(spot.id);
    }
    if (include.size > MOST_IDS || exclude.size > MOST_IDS) return null;
    return { between, include: [...include], exclude: [...exclude] };
  }

  #stretches(): Between[] {
    const cuts = this.cuts;
    const between: Between[] = [];
    for (let index = 0; index <= cuts.length; index++) {
      const start = cuts[index - 1];
      const from = start?.time ?? null;
      const before = cuts[index]?.time ?? null;
      if (!this.coversBetween(from, before)) continue;
      const last = between.at(-1);
      // Two that meet where no moment is cut through are one.
      if (last && last.before === from && start && !start.dirty) between[between.length - 1] = { ...last, before };
      else between.push({ from, includesFrom: start !== undefined && !start.dirty, before });
    }
    return between;
  }

  #covered(spot: Spot): boolean {
    for (let index = this.strokes.length - 1; index >= 0; index--) {
      const { on, stretch } = this.strokes[index]!;
      if (stretch === null || within(spot, spot, stretch)) return on;
    }
    return false;
  }
}

function within(from: Spot, to: Spot, stretch: Stretch): boolean {
  return compare(stretch.from, from) <= 0 && compare(stretch.to, to) >= 0;
}

function holds({ from, includesFrom, before }: Between, time: string): boolean {
  return (from === null || time > from || (includesFrom && time === from)) && (before === null || time < before);
}
