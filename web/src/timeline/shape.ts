/** How large things are on a screen of a width. */
import type { DayShape, Mode } from './days';

/** Rows for `width` pixels. */
export function shapeFor(width: number, mode: Mode): DayShape {
  const isPhone = width < 600;
  const shared = { mode, width: Math.max(width, 200), heading: isPhone ? 40 : 44 };
  if (mode === 'list') return { ...shared, row: 64, gap: 2, between: 12 };
  if (mode === 'grid') return { ...shared, row: isPhone ? 92 : 118, gap: 2, between: 8 };
  return { ...shared, row: isPhone ? 120 : 200, gap: isPhone ? 2 : 4, between: isPhone ? 8 : 16 };
}
