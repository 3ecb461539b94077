/** The way back from whatever was done: a note with a button, for a while; the history has it for long. */
import { client, LONG } from '../api/client';
import { tell } from '../api/events';
import { toast } from './toasts';
import { said } from './work';
import { defineWords } from './words';

const words = defineWords({
  en: { undo: 'Undo', undone: 'Undone.' },
  fr: { undo: 'Annuler', undone: 'Annulé.' },
});

let latest: string | null = null;

/** Say that `operation` (of the header `X-Operation`; null: nothing changed) was done, and offer to undo it. */
export function done(text: string, operation: string | null): void {
  if (operation === null) {
    toast(text);
    return;
  }
  latest = operation;
  toast(text, { action: { label: words.value.undo, run: () => undo(operation) } });
}

/** Take an operation back; says so, or why not. */
export async function undo(operation: string): Promise<void> {
  try {
    const { answer } = await client.tell('post', '/operations/{operation_id}/undo', { path: { operation_id: operation }, patience: LONG });
    if (latest === operation) latest = null;
    tell('pictures.changed');
    tell('tags.changed');
    // What was undone can be done again the same way.
    if (answer.operation) done(words.value.undone, String(answer.operation));
    else toast(words.value.undone);
  } catch (error) {
    toast(said(error), { kind: 'fault' });
  }
}

/** Take back what was done last on this page, if anything: for Ctrl+Z. */
export async function undoLatest(): Promise<void> {
  if (latest !== null) await undo(latest);
}
