/** Drawing the world on a canvas: water is what lies behind it, then land, borders, and names where there is room. */
import { language } from '../ui/words';
import { copies, type Frame, framed, type MapView, type Size } from './mercator';
import type { Label, Outline, World } from './world';

export interface Colours {
  readonly land: string;
  readonly border: string;
  readonly name: string;
}

/** Draw what the view shows; `ratio` is how many dots a pixel of the page has. */
export function paint(context: CanvasRenderingContext2D, world: World, view: MapView, size: Size, ratio: number, colours: Colours): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, size.width * ratio, size.height * ratio);
  for (const copy of copies(view, size)) {
    const frame = framed(view, size, copy);
    const scale = frame.scale * ratio;
    context.setTransform(scale, 0, 0, scale, frame.left * ratio, frame.top * ratio);
    context.fillStyle = colours.land;
    context.strokeStyle = colours.border;
    context.lineWidth = 1 / frame.scale;
    context.lineJoin = 'round';
    for (const one of world.lands) if (isSeen(one, frame, size)) context.fill(one.path);
    for (const one of world.borders) if (isSeen(one, frame, size)) context.stroke(one.path);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    write(context, world.labels, frame, size, colours.name);
  }
}

function isSeen(one: Outline, { left, top, scale }: Frame, { width, height }: Size): boolean {
  return left + one.east * scale >= 0 && left + one.west * scale <= width && top + one.south * scale >= 0 && top + one.north * scale <= height;
}

/** Names of countries, the larger ones first, none over another. */
function write(context: CanvasRenderingContext2D, labels: readonly Label[], { left, top, scale }: Frame, { width, height }: Size, colour: string): void {
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = colour;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const taken: { x: number; y: number; half: number }[] = [];
  for (const label of labels) {
    const [x, y] = [left + label.x * scale, top + label.y * scale];
    if (x < -100 || y < 0 || x > width + 100 || y > height) continue;
    const text = countryName(label);
    const half = context.measureText(text).width / 2 + 6;
    if (2 * half > label.width * scale) continue;
    if (taken.some((one) => Math.abs(one.y - y) < 16 && Math.abs(one.x - x) < one.half + half)) continue;
    taken.push({ x, y, half });
    context.fillText(text, x, y);
  }
}

const names = new Map<string, string>();

/** A country's name in the spoken language, where the browser knows it. */
function countryName({ id, name }: Label): string {
  const key = `${language.value}:${id}:${name}`;
  let found = names.get(key);
  if (found === undefined) names.set(key, (found = spoken(id) ?? name));
  return found;
}

/** Numbers of countries are turned into their letters by what browsers know of locales. */
function spoken(id: string): string | null {
  try {
    const { region } = new Intl.Locale(`und-${id}`);
    return region && /^[A-Z]{2}$/.test(region) ? (new Intl.DisplayNames(language.value, { type: 'region', fallback: 'none' }).of(region) ?? null) : null;
  } catch {
    return null;
  }
}
