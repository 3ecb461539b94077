/** Everything in the viewer by keyboard. */
import { useKeys } from '../ui/keys';
import type { Point } from './zoom';
import { words } from './words';

export interface Handles {
  step(by: number): unknown;
  close(): unknown;
  rate(stars: number): unknown;
  turn(degrees: 90 | 270): unknown;
  full(): unknown;
  inform(): unknown;
  edit(part: 'title' | 'tags' | 'versions'): unknown;
  show(): unknown;
  /** Of the slideshow, or of a video. */
  pause(): unknown;
  zoom(factor: number): unknown;
  fit(): unknown;
  pan(by: Point): unknown;
  isClose(): boolean;
  isTrash(): boolean;
  isMine(): boolean;
  download(): unknown;
  trash(): unknown;
  restore(): unknown;
  purge(): unknown;
}

const CLOSER = 1.4;
const PAN = 120;

export function useViewerKeys(can: Handles): void {
  const none = (): string => '';
  /** Only where the picture is not in the trash. */
  const live = (run: () => unknown) => (): boolean | void => {
    if (can.isTrash()) return false;
    run();
  };
  /** Keys of what has the focus are its own: a button is pressed by a space. */
  const unlessHeld = (run: () => unknown) => (event: KeyboardEvent): boolean | void => {
    if (event.target instanceof Element && event.target.closest('button, a, [role=menu], video, summary, select')) return false;
    run();
  };
  const arrows: readonly (readonly [string, Point])[] = [
    ['Shift+ArrowLeft', { x: PAN, y: 0 }],
    ['Shift+ArrowRight', { x: -PAN, y: 0 }],
    ['Shift+ArrowUp', { x: 0, y: PAN }],
    ['Shift+ArrowDown', { x: 0, y: -PAN }],
  ];

  useKeys(
    () => words.value.viewer,
    [
      { keys: 'ArrowLeft', text: () => words.value.previous, run: () => void can.step(-1) },
      { keys: 'ArrowRight', text: () => words.value.next, run: () => void can.step(1) },
      { keys: 'k', text: none, run: () => void can.step(-1) },
      { keys: 'j', text: none, run: () => void can.step(1) },
      { keys: 'Escape', text: () => words.value.close, run: () => void can.close() },
      { keys: '+', text: () => words.value.zoomIn, run: () => void can.zoom(CLOSER) },
      { keys: '=', text: none, run: () => void can.zoom(CLOSER) },
      { keys: '-', text: () => words.value.zoomOut, run: () => void can.zoom(1 / CLOSER) },
      { keys: '0', text: () => words.value.zoomFit, run: () => (can.isClose() ? void can.fit() : live(() => can.rate(0))()) },
      ...arrows.map(([keys, by], index) => ({ keys, text: index === 0 ? () => words.value.pan : none, run: () => void can.pan(by) })),
      ...[1, 2, 3, 4, 5].map((stars) => ({ keys: String(stars), text: () => words.value.rate(stars), run: live(() => can.rate(stars)) })),
      { keys: 'i', text: () => words.value.information, run: () => void can.inform() },
      { keys: 'e', text: () => words.value.editTitle, run: live(() => can.edit('title')) },
      { keys: 't', text: () => words.value.addTags, run: live(() => can.edit('tags')) },
      { keys: 'r', text: () => words.value.rotateRight, run: live(() => can.isMine() && can.turn(90)) },
      { keys: 'Shift+r', text: () => words.value.rotateLeft, run: live(() => can.isMine() && can.turn(270)) },
      { keys: 's', text: () => words.value.slideshow, run: live(() => can.show()) },
      { keys: ' ', text: () => words.value.play, run: unlessHeld(() => can.pause()) },
      { keys: 'f', text: () => words.value.full, run: () => void can.full() },
      { keys: 'd', text: () => words.value.download, run: () => void can.download() },
      { keys: 'Delete', text: () => words.value.trash, run: () => void (can.isTrash() ? can.purge() : can.trash()) },
      { keys: 'u', text: () => words.value.restoreKey, run: () => (can.isTrash() ? void can.restore() : false) },
    ],
  );
}
