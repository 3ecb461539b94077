/** The selection of a view: what was touched, how many that is, and how the server is told. */
import { type Ref, ref, shallowRef } from 'vue';
import { type SelectionBody, selectionOf, type ViewQuery } from '../pictures/query';
import { counted } from './counting';
import { compare, Selection, type Spot, stretchOf } from './selection';
import type { Source } from './source';
import type { TimelineView } from './view';

/** So many are chosen one by one rather than as a stretch, which takes more words. */
const FEW = 400;

export interface Selecting {
  readonly count: Readonly<Ref<number>>;
  /** Null while it is not known, or cannot be told. */
  readonly body: Readonly<Ref<SelectionBody | null>>;
  /** It is in too many pieces for the server to read. */
  readonly isTooMuch: Readonly<Ref<boolean>>;
  /** What was touched last, from which a stretch begins. */
  readonly origin: Spot | null;
  readonly now: Selection;
  has(id: string): boolean;
  toggle(id: string): void;
  /** From what was touched last up to a picture. */
  extend(id: string): void;
  /** From one picture to another, upon an earlier selection. */
  sweep(before: Selection, from: Spot, id: string, on: boolean): void;
  day(day: string, on: boolean): void;
  all(): void;
  invert(): void;
  clear(): void;
  /** Something else is known of the view: of one bucket, or (null) of which buckets there are. Counts anew. */
  learned(key: string | null): void;
}

export function useSelecting(view: () => TimelineView | null, query: () => ViewQuery, source: () => Source): Selecting {
  const count = ref(0);
  const body = shallowRef<SelectionBody | null>(null);
  const isTooMuch = ref(false);
  const moments = new Map<string, readonly Spot[] | null>();
  let now = Selection.none;
  let origin: Spot | null = null;
  let round = 0;

  function set(next: Selection): void {
    now = next;
    body.value = null;
    tell();
  }

  function tell(): void {
    const shown = view();
    if (!shown) return;
    const { count: found, edges, missing } = counted(now, shown.timeline);
    count.value = found;
    shown.select(now, (index) => edges.has(index));
    for (const index of missing) void shown.ensure(index).catch(() => undefined);
    void write(++round);
  }

  /** What the server is told, once all pictures are known of the moments at which stretches end. */
  async function write(mine: number): Promise<void> {
    if (now.isEmpty) {
      body.value = null;
      isTooMuch.value = false;
      return;
    }
    for (const { time, dirty } of now.cuts) {
      if (!dirty || moments.has(time)) continue;
      const found = await source().moment(time).catch(() => undefined);
      if (mine !== round) return;
      if (found === undefined) return;
      moments.set(time, found);
    }
    const isKnown = now.cuts.every(({ time, dirty }) => !dirty || moments.get(time) !== null);
    const told = isKnown ? now.told((time) => moments.get(time) ?? []) : null;
    body.value = told && selectionOf(query(), told);
    isTooMuch.value = body.value === null;
  }

  function spotOf(id: string): Spot | null {
    const timeline = view()?.timeline;
    const where = timeline?.locate(id);
    return (where && timeline?.spotAt(where)) ?? null;
  }

  /** All pictures of a stretch where they are known and few, else null. */
  function known(one: Spot, other: Spot): Spot[] | null {
    const timeline = view()!.timeline;
    const { from, to } = stretchOf(one, other);
    const found: Spot[] = [];
    for (const [index, { from: begins, to: ends }] of timeline.buckets.entries()) {
      if (begins > to.time || (ends !== null && ends < from.time)) continue;
      const columns = timeline.block(index)!.columns;
      if (!columns) return null;
      for (const [picture, id] of columns.ids.entries()) {
        const spot = { id, time: columns.sorted_at[picture]! };
        if (compare(from, spot) <= 0 && compare(spot, to) <= 0) found.push(spot);
      }
      if (found.length > FEW) return null;
    }
    return found;
  }

  function stretched(before: Selection, from: Spot, to: Spot, on: boolean): Selection {
    const few = known(from, to);
    return few ? before.each(few, on) : before.stretched(from, to, on);
  }

  /** Single pictures that would be in a bucket if they were still there. */
  function gone(key: string): string[] {
    const timeline = view()!.timeline;
    const columns = timeline.block(timeline.indexOf(key))?.columns;
    const times = columns?.sorted_at;
    if (!columns || !times?.length) return [];
    const [first, last] = [times[0]!, times.at(-1)!].sort() as [string, string];
    const inside = [...now.singles].filter(({ spot }) => first < spot.time && spot.time < last);
    if (inside.length === 0) return [];
    const there = new Set(columns.ids);
    return inside.flatMap(({ spot }) => (there.has(spot.id) ? [] : [spot.id]));
  }

  return {
    count,
    body,
    isTooMuch,
    get origin() {
      return origin;
    },
    get now() {
      return now;
    },
    has: (id) => {
      const spot = spotOf(id);
      return spot !== null && now.has(spot);
    },
    toggle(id) {
      const spot = spotOf(id);
      if (!spot) return;
      origin = spot;
      set(now.toggled(spot));
    },
    extend(id) {
      const spot = spotOf(id);
      if (!spot) return;
      const from = origin ?? spot;
      set(stretched(now, from, spot, origin === null || now.has(from)));
      origin ??= spot;
    },
    sweep(before, from, id, on) {
      const spot = spotOf(id);
      if (!spot) return;
      origin = from;
      set(stretched(before, from, spot, on));
    },
    day(day, on) {
      const [from, to] = boundsOf(day);
      set(stretched(now, from, to, on));
    },
    all: () => set(Selection.all()),
    invert: () => set(now.inverted()),
    clear() {
      origin = null;
      set(Selection.none);
    },
    learned(key) {
      if (now.isEmpty) return;
      if (key === null) moments.clear();
      else now = now.forgetting(gone(key));
      tell();
    },
  };
}

/** From the beginning of a day or month to that of the next one. */
export function boundsOf(day: string): [Spot, Spot] {
  const isMonth = day.length === '2020-05'.length;
  const from = new Date(`${isMonth ? `${day}-01` : day}T00:00:00Z`);
  const to = new Date(from);
  if (isMonth) to.setUTCMonth(to.getUTCMonth() + 1);
  else to.setUTCDate(to.getUTCDate() + 1);
  return [from, to].map((at) => ({ time: at.toISOString().slice(0, 19), id: '' })) as [Spot, Spot];
}
