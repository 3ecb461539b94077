/** Where arrows lead: to what lies beside, above and below on the screen. */
import type { Columns } from './days';
import type { Box } from './layout';
import type { Timeline, Where } from './timeline';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The picture there; a block whose pictures have to be known first; null at an end. */
export type Step = Where | { readonly block: number; readonly picture: null } | null;

export function step<C extends Columns>(timeline: Timeline<C>, from: Where, direction: Direction): Step {
  const block = timeline.block(from.block);
  const boxes = block?.layout?.boxes;
  const here = boxes?.[from.picture];
  if (!boxes || !here) return null;
  if (direction === 'left' || direction === 'right') {
    const picture = from.picture + (direction === 'left' ? -1 : 1);
    if (picture >= 0 && picture < boxes.length) return { block: from.block, picture };
    return beside(timeline, from.block, direction === 'left' ? -1 : 1, (others) => (direction === 'left' ? others.length - 1 : 0));
  }
  const centre = here.left + here.width / 2;
  const isDown = direction === 'down';
  const picture = nearestIn(boxes, rowFrom(boxes, here, isDown), centre);
  if (picture !== null) return { block: from.block, picture };
  return beside(timeline, from.block, isDown ? 1 : -1, (others) => nearestIn(others, isDown ? others[0]!.top : others.at(-1)!.top, centre) ?? 0);
}

function beside<C extends Columns>(timeline: Timeline<C>, from: number, by: 1 | -1, pick: (boxes: readonly Box[]) => number): Step {
  const next = timeline.block(from + by);
  if (!next) return null;
  if (!next.layout) return { block: from + by, picture: null };
  if (next.layout.boxes.length === 0) return beside(timeline, from + by, by, pick);
  return { block: from + by, picture: pick(next.layout.boxes) };
}

/** The top of the row below or above. */
function rowFrom(boxes: readonly Box[], here: Box, isDown: boolean): number | null {
  let found: number | null = null;
  for (const { top } of boxes) {
    if (isDown ? top <= here.top + 1 : top >= here.top - 1) continue;
    if (found === null || (isDown ? top < found : top > found)) found = top;
  }
  return found;
}

function nearestIn(boxes: readonly Box[], top: number | null, centre: number): number | null {
  if (top === null) return null;
  let found: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const distance = Math.abs(box.left + box.width / 2 - centre);
    if (Math.abs(box.top - top) > 1 || distance >= least) return;
    least = distance;
    found = index;
  });
  return found;
}
