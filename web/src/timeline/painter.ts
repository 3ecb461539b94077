/** Tiles on the screen: made once, used again, and touched only when they come, go or change. */
import { decode } from 'blurhash';
import type { Box } from './layout';

/** What a tile shows. */
export interface Face {
  /** Of a picture; null: one that is not known yet. */
  readonly id: string | null;
  readonly href: string;
  /** Its name and day, for whoever does not see it. */
  readonly label: string;
  /** The first line of a list. */
  readonly name: string;
  /** The second line of a list. */
  readonly details: string | null;
  readonly badge: string | null;
  readonly blurhash: string | null;
  /** An address with `{size}` in it; null while there is none. */
  readonly thumbnail: string | null;
  readonly selected: boolean;
  readonly active: boolean;
  /** Its number in the view, from 1, and how many there are. */
  readonly position: number;
  readonly total: number;
}

/** Blurred colours are of so few points that decoding them takes no time; the browser smoothes them. */
const POINTS = 8;
/** More tiles than are ever in view are not kept. */
const SPARE = 200;

interface Drawn {
  readonly element: HTMLAnchorElement;
  readonly canvas: HTMLCanvasElement;
  readonly image: HTMLImageElement;
  text: HTMLElement | null;
  face: Face | null;
  version: number;
  width: number;
  height: number;
  left: number;
  top: number;
  blurhash: string | null;
  source: string | null;
  seen: number;
}

export class Painter {
  readonly #drawn = new Map<string, Drawn>();
  readonly #spare: Drawn[] = [];
  #round = 0;
  #order: Drawn[] = [];

  constructor(
    private readonly layer: HTMLElement,
    private readonly onBroken: (id: string) => void,
  ) {}

  begin(): void {
    this.#round++;
    this.#order = [];
  }

  /**
   * Show a tile: `key` is what it is known by, `box` in the layer's coordinates. Its face is asked for when `version` is another
   * than it was; thumbnails are not fetched while `isFlying` by.
   */
  tile(key: string, box: Box, top: number, version: number, isFlying: boolean, face: () => Face): void {
    let drawn = this.#drawn.get(key);
    if (!drawn) {
      drawn = this.#spare.pop() ?? made((broken) => this.onBroken(broken));
      drawn.version = -1;
      this.#drawn.set(key, drawn);
    }
    drawn.seen = this.#round;
    this.#order.push(drawn);
    place(drawn, box, top);
    if (drawn.version !== version) {
      drawn.version = version;
      wear(drawn, face());
    }
    if (!isFlying || drawn.source !== null) this.#load(drawn);
  }

  /** What was not shown since `begin` goes; what came stands in its order, for those who read along. */
  end(): void {
    for (const [key, drawn] of this.#drawn) {
      if (drawn.seen === this.#round) continue;
      this.#drawn.delete(key);
      this.#release(drawn);
    }
    let next: Element | null = null;
    for (let index = this.#order.length - 1; index >= 0; index--) {
      const { element } = this.#order[index]!;
      if (element.parentNode !== this.layer || element.nextElementSibling !== next) this.layer.insertBefore(element, next);
      next = element;
    }
  }

  #release(drawn: Drawn): void {
    drawn.element.remove();
    drawn.image.removeAttribute('src');
    drawn.image.classList.remove('there');
    drawn.source = null;
    drawn.face = null;
    if (this.#spare.length < SPARE) this.#spare.push(drawn);
  }

  #load(drawn: Drawn): void {
    const source = drawn.face && sourceOf(drawn.face, drawn);
    if (source === drawn.source) return;
    const isSamePicture = source !== null && drawn.source !== null && nameOf(source) === nameOf(drawn.source);
    drawn.source = source;
    if (!isSamePicture) drawn.image.classList.remove('there');
    if (source) drawn.image.src = source;
    else drawn.image.removeAttribute('src');
  }
}

/** The smallest thumbnail that fills the tile on this screen. */
function sourceOf({ thumbnail }: Face, { width, height }: Drawn): string | null {
  if (!thumbnail) return null;
  const edge = Math.max(width, height) * Math.min(window.devicePixelRatio, 2);
  return thumbnail.replace('{size}', edge <= 280 ? 'small' : 'medium');
}

/** An address without what makes it valid for a time. */
function nameOf(address: string): string {
  return address.split('?')[0]!.replace(/\/(small|medium|large)\b/, '');
}

function place(drawn: Drawn, { left, width, height }: Box, top: number): void {
  const { style } = drawn.element;
  if (drawn.width !== width) style.width = `${(drawn.width = width)}px`;
  if (drawn.height !== height) style.height = `${(drawn.height = height)}px`;
  if (drawn.left === left && drawn.top === top) return;
  drawn.left = left;
  drawn.top = top;
  style.transform = `translate(${left}px, ${top}px)`;
}

function wear(drawn: Drawn, face: Face): void {
  const { element, canvas, image } = drawn;
  const before = drawn.face;
  drawn.face = face;
  if (face.id !== before?.id) identify(element, face);
  if (face.href !== before?.href && face.id !== null) element.href = face.href;
  if (face.label !== before?.label) image.alt = face.label;
  if (face.badge !== before?.badge) {
    if (face.badge === null) delete element.dataset.badge;
    else element.dataset.badge = face.badge;
  }
  if (before === null || face.blurhash !== drawn.blurhash) blur(canvas, (drawn.blurhash = face.blurhash));
  if (face.selected !== before?.selected) element.setAttribute('aria-selected', String(face.selected));
  if (face.active !== before?.active) element.classList.toggle('active', face.active);
  if (face.position !== before?.position) element.setAttribute('aria-posinset', String(face.position));
  if (face.total !== before?.total) element.setAttribute('aria-setsize', String(face.total));
  write(drawn, face);
}

/** What is not known yet is nothing to hear of and nothing to open. */
function identify(element: HTMLAnchorElement, { id }: Face): void {
  element.id = id === null ? '' : `tile-${id}`;
  element.classList.toggle('waiting', id === null);
  if (id === null) {
    element.removeAttribute('href');
    element.setAttribute('aria-hidden', 'true');
    delete element.dataset.picture;
  } else {
    element.removeAttribute('aria-hidden');
    element.dataset.picture = id;
  }
}

function write(drawn: Drawn, { details, name }: Face): void {
  if (details === null) {
    drawn.text?.remove();
    drawn.text = null;
    return;
  }
  if (!drawn.text) {
    drawn.text = document.createElement('span');
    drawn.text.className = 'tile-text';
    drawn.text.setAttribute('aria-hidden', 'true');
    drawn.text.append(document.createElement('span'), document.createElement('span'));
    drawn.element.append(drawn.text);
  }
  drawn.text.children[0]!.textContent = name;
  drawn.text.children[1]!.textContent = details;
}

function made(onBroken: (id: string) => void): Drawn {
  const element = document.createElement('a');
  element.className = 'tile';
  element.setAttribute('role', 'option');
  element.tabIndex = -1;
  element.draggable = false;
  const picture = document.createElement('span');
  picture.className = 'tile-picture';
  const canvas = document.createElement('canvas');
  canvas.width = POINTS;
  canvas.height = POINTS;
  const image = document.createElement('img');
  image.decoding = 'async';
  image.draggable = false;
  image.alt = '';
  image.addEventListener('load', () => image.classList.add('there'));
  image.addEventListener('error', () => {
    if (image.hasAttribute('src') && element.dataset.picture) onBroken(element.dataset.picture);
  });
  picture.append(canvas, image);
  const mark = document.createElement('span');
  mark.className = 'tile-mark';
  element.append(picture, mark);
  return { element, canvas, image, text: null, face: null, version: -1, width: -1, height: -1, left: -1, top: -1, blurhash: null, source: null, seen: 0 };
}

function blur(canvas: HTMLCanvasElement, hash: string | null): void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.clearRect(0, 0, POINTS, POINTS);
  if (hash === null) return;
  try {
    const points = context.createImageData(POINTS, POINTS);
    points.data.set(decode(hash, POINTS, POINTS));
    context.putImageData(points, 0, 0);
  } catch {
    // Not a hash: the tile stays neutral.
  }
}
