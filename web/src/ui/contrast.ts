/** Contrast as WCAG 2.2 computes it, and colours as the browser mixes them: for tests of what is written on what. */

/** Red, green and blue from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

/** `#0b5f63` or `#fff`. */
export function hex(written: string): Colour {
  const six = written.length === 4 ? written.replace(/[^#]/g, '$&$&') : written;
  return [1, 3, 5].map((at) => Number.parseInt(six.slice(at, at + 2), 16) / 255) as unknown as Colour;
}

/** Hue in degrees, saturation and lightness in percent. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const light = lightness / 100;
  const part = (saturation / 100) * Math.min(light, 1 - light);
  const at = (shift: number): number => {
    const turn = (shift + hue / 30) % 12;
    return light - part * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
  };
  return [at(0), at(8), at(4)];
}

/** What is seen where `colour` lies over `ground` and hides so much of it. */
export function over(colour: Colour, opacity: number, ground: Colour): Colour {
  return colour.map((value, index) => value * opacity + ground[index]! * (1 - opacity)) as unknown as Colour;
}

/** `color-mix(in oklab, one share, other)`. */
export function mix(one: Colour, share: number, other: Colour): Colour {
  const [a, b] = [lab(one), lab(other)];
  return rgb(a.map((value, index) => value * share + b[index]! * (1 - share)) as unknown as Colour);
}

/** From 1 (nothing is seen) to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more! + 0.05) / (less! + 0.05);
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map(linear);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const curved = (part: number): number => (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055);

function lab(colour: Colour): Colour {
  const [r, g, b] = colour.map(linear) as unknown as Colour;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function rgb([light, a, b]: Colour): Colour {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const parts = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return parts.map((part) => Math.min(1, Math.max(0, curved(part)))) as unknown as Colour;
}
