/**
 * Files that are dropped onto the application, from the first moment of the page: a browser that is not told otherwise shows the file in
 * place of the application. What comes before the part that takes files is there waits for it.
 */
import { type Carried, carried } from '../uploads/carried';

type Taker = (drop: Carried) => void;

/** More drops than that are not held until somebody takes them; the pointer says so. */
const MOST_WAITING = 20;

let waiting: Carried[] = [];
let taker: Taker | null = null;
/** Whether there will be somebody who takes files; until it is known who looks at the page, there may. */
let isAwaited = true;
/** What is dragged began in this page: pictures onto tags, and the like. */
let isOwn = false;

/** Whether files come with a drag, from outside. */
export function brings(event: DragEvent): boolean {
  return !isOwn && (event.dataTransfer?.types.includes('Files') ?? false);
}

/** From now on `take` gets what is dropped, and what has waited; until the answer is called. */
export function takeDrops(take: Taker): () => void {
  taker = take;
  const before = waiting;
  waiting = [];
  before.forEach(take);
  return () => {
    if (taker === take) taker = null;
  };
}

/** On screens that take none, what was dropped is let go: whoever signs in there may be somebody else. */
export function awaitDrops(are: boolean): void {
  isAwaited = are;
  if (!are) waiting = [];
}

function mayDrop(): boolean {
  return isAwaited && (taker !== null || waiting.length < MOST_WAITING);
}

function moved(event: DragEvent): void {
  if (!brings(event)) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = mayDrop() ? 'copy' : 'none';
}

function dropped(event: DragEvent): void {
  const isForUs = brings(event);
  // What was dragged may be gone from the page by now: then nobody hears that its drag ended.
  isOwn = false;
  if (!isForUs) return;
  const isTaken = event.defaultPrevented;
  event.preventDefault();
  if (isTaken || !mayDrop() || !event.dataTransfer) return;
  const drop = carried(event.dataTransfer);
  if (taker) taker(drop);
  else waiting.push(drop);
}

window.addEventListener('dragstart', () => (isOwn = true));
window.addEventListener('dragend', () => (isOwn = false));
window.addEventListener('dragover', moved);
window.addEventListener('drop', dropped);
