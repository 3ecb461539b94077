/** What a picture is called, for eyes and ears. */
import { day } from '../ui/formats';
import type { Neighbour } from '../timeline/neighbours';
import type { Whole } from './picture';
import { words } from './words';

/** Its title, or when it is. */
export function titleOf(whole: Whole | null, here: Neighbour | null): string {
  if (whole?.title) return whole.title;
  if (whole) return day(whole.sorted_at);
  return here?.label ?? words.value.viewer;
}

/** What somebody who does not see it is told: what its people wrote of it, and when it was taken. */
export function altOf(whole: Whole | null, here: Neighbour | null): string {
  if (!whole) return here?.label ?? words.value.viewer;
  const when = words.value.on(words.value.kinds[whole.kind], day(whole.sorted_at));
  return [whole.title, whole.description, when].filter(Boolean).join('. ');
}
