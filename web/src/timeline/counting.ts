/** How many pictures a selection has, most of which nobody has counted here: buckets tell for all but its edges. */
import type { Columns } from './days';
import type { Selection } from './selection';
import type { Bucket, Timeline } from './timeline';

const END = '9999-12-31T99';

export interface Counted {
  readonly count: number;
  /** Blocks within which a stretch begins or ends, so that their pictures have to be known. */
  readonly edges: ReadonlySet<number>;
  /** Those of them that are not known: the count is about right until they are. */
  readonly missing: readonly number[];
}

/** Whether a stretch ends somewhere within a bucket. */
function isEdge({ from, to }: Bucket, cuts: Selection['cuts']): boolean {
  const end = to ?? END;
  return cuts.some(({ time, dirty }) => (dirty ? from <= time && time <= end : from < time && time < end));
}

export function counted<C extends Columns>(selection: Selection, timeline: Timeline<C>): Counted {
  const cuts = selection.cuts;
  const edges = new Set<number>();
  const missing: number[] = [];
  let count = 0;
  timeline.buckets.forEach((bucket, index) => {
    if (!isEdge(bucket, cuts)) {
      if (selection.coversBetween(lastUpTo(cuts, bucket.from), firstFrom(cuts, bucket.to ?? END))) count += bucket.count;
      return;
    }
    edges.add(index);
    const columns = timeline.block(index)?.columns;
    if (!columns) {
      missing.push(index);
      count += Math.round(bucket.count / 2);
      return;
    }
    columns.ids.forEach((id, picture) => (count += Number(selection.has({ id, time: columns.sorted_at[picture]! }))));
  });
  return { count: count + singlesBeside(selection, timeline, edges), edges, missing };
}

/** What single pictures add or take where only buckets were counted. */
function singlesBeside<C extends Columns>(selection: Selection, timeline: Timeline<C>, edges: ReadonlySet<number>): number {
  let difference = 0;
  for (const { spot, on } of selection.singles) {
    const isCounted = [...edges].some((index) => {
      const { from, to } = timeline.block(index)!.bucket;
      return from <= spot.time && spot.time <= (to ?? END) && timeline.block(index)!.columns?.ids.includes(spot.id);
    });
    if (!isCounted) difference += on ? 1 : -1;
  }
  return difference;
}

function lastUpTo(cuts: Selection['cuts'], time: string): string | null {
  return cuts.findLast((cut) => cut.time <= time)?.time ?? null;
}

function firstFrom(cuts: Selection['cuts'], time: string): string | null {
  return cuts.find((cut) => cut.time >= time)?.time ?? null;
}
