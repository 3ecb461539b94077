/** Short notes at the edge of the screen: what was done, and the way back. */
import { readonly, shallowRef } from 'vue';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'fault';
  readonly action: { readonly label: string; readonly run: () => void | Promise<void> } | null;
}

const MOST = 4;
/** Long enough to be read, and to find the button; in milliseconds. */
const LASTS = 9000;
const all = shallowRef<readonly Toast[]>([]);
const ends = new Map<number, number>();
let last = 0;

export const toasts = readonly(all);

/** Show a note; its id. */
export function toast(text: string, { kind = 'done', action = null }: Partial<Pick<Toast, 'kind' | 'action'>> = {}): number {
  const id = ++last;
  all.value = [...all.value, { id, text, kind, action }].slice(-MOST);
  hold(id, false);
  return id;
}

export function dismiss(id: number): void {
  clearTimeout(ends.get(id));
  ends.delete(id);
  all.value = all.value.filter((one) => one.id !== id);
}

/** Notes do not go while somebody points at them or is in them. */
export function hold(id: number, held: boolean): void {
  clearTimeout(ends.get(id));
  if (!held) ends.set(id, window.setTimeout(() => dismiss(id), LASTS));
}
