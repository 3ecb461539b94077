/** What a picture's numbers say, in the way photographers write them; `spoken` is the language. */

function written(value: number, digits: number, spoken: string): string {
  return new Intl.NumberFormat(spoken, { maximumFractionDigits: digits }).format(value);
}

/** `1/250 s`, `2.5 s`. */
export function exposed(seconds: number, spoken: string): string {
  if (seconds <= 0) return '';
  return seconds >= 0.4 ? `${written(seconds, 1, spoken)} s` : `1/${Math.round(1 / seconds)} s`;
}

interface Exposure {
  readonly aperture: number | null;
  readonly exposure: number | null;
  readonly iso: number | null;
  readonly focal_length: number | null;
}

/** `ƒ/2.8`, `1/250 s`, `ISO 200`, `35 mm`: what is known of it. */
export function exposureOf({ aperture, exposure, iso, focal_length }: Exposure, spoken: string): readonly string[] {
  return [
    aperture === null ? '' : `ƒ/${written(aperture, 1, spoken)}`,
    exposure === null ? '' : exposed(exposure, spoken),
    iso === null ? '' : `ISO ${iso}`,
    focal_length === null ? '' : `${written(focal_length, 1, spoken)} mm`,
  ].filter(Boolean);
}

/** Make and model, the make once: `Canon EOS R6`. */
export function cameraOf(make: string | null, model: string | null): string {
  const [maker, name] = [make?.trim() ?? '', model?.trim() ?? ''];
  const first = maker.split(/\s/)[0]!.toLowerCase();
  return first !== '' && name.toLowerCase().startsWith(first) ? name : [maker, name].filter(Boolean).join(' ');
}

export function megapixels(width: number, height: number, spoken: string): string {
  return written((width * height) / 1e6, 1, spoken);
}

/** Minutes ahead of UTC: `+05:30`. */
export function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '−' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** Zones that there are, in minutes ahead of UTC; the given one is among them, whatever a camera thinks. */
export function offsets(also: number | null): readonly number[] {
  const odd = [-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765];
  const whole = Array.from({ length: 27 }, (_, index) => (index - 12) * 60);
  return [...new Set([...whole, ...odd, ...(also === null ? [] : [also])])].sort((one, other) => one - other);
}

/** `48.85661° N, 2.35222° E`. */
export function placeText(latitude: number, longitude: number, spoken: string): string {
  const side = (value: number, [plus, minus]: readonly [string, string]): string => `${written(Math.abs(value), 5, spoken)}° ${value < 0 ? minus : plus}`;
  return `${side(latitude, ['N', 'S'])}, ${side(longitude, ['E', spoken === 'fr' ? 'O' : 'W'])}`;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** More than this of one value is not shown; files may say anything. */
const LONGEST = 2000;
const MOST = 2000;

/** All that a file says, one line for each value: `exif.Photo.FNumber`. */
export function flattened(said: unknown, name = '', found: Fact[] = []): readonly Fact[] {
  if (found.length >= MOST || said === null || said === undefined || said === '') return found;
  if (Array.isArray(said) && said.every((one) => typeof one !== 'object')) {
    found.push({ name, value: said.join(', ').slice(0, LONGEST) });
  } else if (typeof said === 'object') {
    for (const [part, inner] of Object.entries(said)) flattened(inner, name === '' ? part : `${name}.${part}`, found);
  } else {
    found.push({ name, value: String(said).slice(0, LONGEST) });
  }
  return found;
}

/** Those that have all words in them, whatever their case and accents. */
export function searched(facts: readonly Fact[], text: string): readonly Fact[] {
  const wanted = bare(text).split(/\s+/).filter(Boolean);
  return facts.filter(({ name, value }) => {
    const all = bare(`${name} ${value}`);
    return wanted.every((word) => all.includes(word));
  });
}

function bare(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
