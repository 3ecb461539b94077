/** Keys: one listener for the page, layers of what they do, and the list that `?` shows. */
import { onBeforeUnmount, readonly, shallowRef } from 'vue';

export interface Binding {
  /** `j`, `Shift+ArrowDown`, `Ctrl+z` (also Command on a Mac), or two after each other: `g t`. */
  readonly keys: string;
  /** What it does, for people; empty: not listed. */
  readonly text: () => string;
  /** False: not handled after all, what lies below may have it. */
  readonly run: (event: KeyboardEvent) => boolean | void;
  /** Also while somebody writes in a field. */
  readonly inFields?: boolean;
}

export interface Layer {
  readonly title: () => string;
  readonly bindings: readonly Binding[];
}

const layers = shallowRef<readonly Layer[]>([]);
export const keyLayers = readonly(layers);
/** Keys that follow each other may take so long, in milliseconds. */
const PAUSE = 1200;
let before = '';
let beforeAt = 0;

/** These keys work while the component is there; a later one is asked before an earlier one. */
export function useKeys(title: () => string, bindings: readonly Binding[]): void {
  const layer: Layer = { title, bindings };
  // At once: what is inside is set up after what is around it, and mounted before.
  layers.value = [...layers.value, layer];
  onBeforeUnmount(() => (layers.value = layers.value.filter((one) => one !== layer)));
}

/** What a key press is called: `Shift+ArrowDown`, `Ctrl+a`, `?`. */
export function named(event: KeyboardEvent): string {
  const isLetter = event.key.length === 1;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // Signs that need Shift are named by what they show.
  if (event.shiftKey && (!isLetter || /[a-z ]/i.test(event.key))) parts.push('Shift');
  parts.push(isLetter ? event.key.toLowerCase() : event.key);
  return parts.join('+');
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const name = named(event);
  const isInField = writes(event.target);
  const isInDialog = event.target instanceof Element && event.target.closest('dialog') !== null;
  const both = before !== '' && event.timeStamp - beforeAt < PAUSE ? `${before} ${name}` : name;
  for (const wanted of both === name ? [name] : [both, name]) {
    for (const layer of [...layers.value].reverse()) {
      for (const binding of layer.bindings) {
        if (binding.keys !== wanted || ((isInField || isInDialog) && !binding.inFields)) continue;
        if (binding.run(event) === false) continue;
        event.preventDefault();
        before = '';
        return;
      }
    }
  }
  before = isInField ? '' : name;
  beforeAt = event.timeStamp;
}

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button', 'submit', 'color'].includes(target.type);
}

window.addEventListener('keydown', pressed);
