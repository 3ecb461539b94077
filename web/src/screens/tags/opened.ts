/** Which tags stand open in the tree; kept in this browser. */
import { type Ref, shallowRef } from 'vue';

const KEPT = 'archypix.tags.open';
const MOST = 3000;
const open = shallowRef<ReadonlySet<number>>(new Set(read()));

function read(): number[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is number => Number.isInteger(one)) : [];
  } catch {
    return [];
  }
}

export const openTags: Readonly<Ref<ReadonlySet<number>>> = open;

export function setOpen(ids: Iterable<number>, isOpen: boolean): void {
  const now = new Set(open.value);
  for (const id of ids) {
    if (isOpen) now.add(id);
    else now.delete(id);
  }
  open.value = now;
  try {
    localStorage.setItem(KEPT, JSON.stringify([...now].slice(-MOST)));
  } catch {
    // A browser that keeps nothing opens them anew each time.
  }
}
