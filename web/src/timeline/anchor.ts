/** What stays in its place while heights around it change, and what is not known around a place. */
import type { Columns } from './days';
import type { Timeline } from './timeline';

/** A picture so far below the top of the view; a part of a block whose pictures are not known; a moment. */
export type Anchor = { readonly id: string; readonly delta: number } | { readonly key: string; readonly part: number } | { readonly time: string };

/** Of a view that begins at `offset`: the picture `held` where it is known, else the first that is seen whole. Null at the very top. */
export function anchorOf<C extends Columns>(timeline: Timeline<C>, offset: number, view: number, held: string | null): Anchor | null {
  if (offset <= 0) return null;
  const box = held === null ? null : timeline.boxOf(held);
  if (box) return { id: held!, delta: box.top - offset };
  for (const { bucket, layout, columns, top, height, first, end } of timeline.shown(offset, view)) {
    if (!layout || !columns) return { key: bucket.key, part: (offset - top) / Math.max(1, height) };
    for (let index = first; index < end; index++) {
      const delta = layout.boxes[index]!.top + top - offset;
      if (delta >= 0) return { id: columns.ids[index]!, delta };
    }
  }
  return null;
}

/** Where the view has to begin for the anchor to stand where it stood; `offset` where it is gone. */
export function offsetOf<C extends Columns>(timeline: Timeline<C>, anchor: Anchor, offset: number): number {
  if ('time' in anchor) return timeline.offsetOf(anchor.time);
  if ('id' in anchor) {
    const box = timeline.boxOf(anchor.id);
    return box ? box.top - anchor.delta : offset;
  }
  const block = timeline.block(timeline.indexOf(anchor.key));
  return block ? Math.round(block.top + anchor.part * block.height) : offset;
}

/** Keys of blocks from `first` to `last` whose pictures are not known, or old, and how far they lie from `middle`. */
export function missing<C extends Columns>(timeline: Timeline<C>, first: number, last: number, middle: number): { key: string; distance: number }[] {
  const wanted = [];
  for (let index = first; index <= last; index++) {
    const block = timeline.block(index);
    if (!block || (block.columns && !block.stale)) continue;
    const { top, height } = block;
    const distance = top <= middle && middle < top + height ? 0 : Math.min(Math.abs(top - middle), Math.abs(top + height - middle));
    wanted.push({ key: block.bucket.key, distance });
  }
  return wanted;
}
