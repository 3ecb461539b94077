/** One line on what a service would do. */
import type { Trial } from './trial';
import { words } from './words';

export function summary({ affected, items }: Trial): string {
  const said = words.value.trial;
  if (affected === 0) return said.nothing;
  if (items.every(({ loses }) => loses === 0)) return said.tags(affected);
  return items.every(({ gains }) => gains === 0) ? said.untags(affected) : said.changes(affected);
}
