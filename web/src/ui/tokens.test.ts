/** Contrast of the colours that meet: 4.5 to 1 for text, 3 to 1 for edges and marks, light and dark. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Colour, contrast, hex, hsl, mix, over } from './contrast';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const SCHEMES = ['light', 'dark'] as const;
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name!, { light: hex(light!), dark: hex(dark!) }]));
const INKS = ['text', 'quiet', 'accent', 'danger', 'warn', 'good'] as const;
const GROUNDS = ['ground', 'raised', 'sunken'] as const;
const SOFT = ['accent-soft', 'danger-soft', 'warn-soft', 'good-soft'] as const;

type Pair = readonly [string, string];
/** What is written on what. */
const TEXTS: readonly Pair[] = [...[...GROUNDS, ...SOFT].flatMap((ground) => INKS.map((ink) => [ink, ground] as const)), ['on-accent', 'accent'], ['on-danger', 'danger']];
/** Edges of what can be operated, the ring of the focus, and marks such as bars and dots, on what lies around. */
const MARKS: readonly Pair[] = [
  ...[...GROUNDS, ...SOFT].flatMap((ground) => ['edge', 'focus', 'accent'].map((mark) => [mark, ground] as const)),
  ...['accent', 'warn', 'good', 'danger', 'focus'].map((mark) => [mark, 'line'] as const),
];
const WHITE = hex('#fff');
const BLACK = hex('#000');

test('the formula is that of the standard', () => {
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21);
  expect(contrast(hex('#777777'), WHITE)).toBeCloseTo(4.48, 2);
});

test('colours are mixed as browsers mix them', () => {
  for (const [got, wanted] of [
    [mix(hex('#ff0000'), 0.5, hex('#0000ff')), hex('#8c53a2')],
    [hsl(210, 45, 88), hex('#d3e0ee')],
    [over(BLACK, 0.5, WHITE), hex('#808080')],
  ] as const) {
    got.forEach((part, index) => expect(part).toBeCloseTo(wanted[index]!, 2));
  }
});

test('every colour that is spoken of is there', () => {
  expect([...TEXTS, ...MARKS].flat().filter((name) => !tokens.has(name))).toEqual([]);
});

test('whatever is written somewhere on a colour is among what is looked at here', () => {
  const known = new Set(TEXTS.map(String));
  const written = rules().flatMap(({ body, where }) => {
    const background = /background(?:-color)?: var\(--([\w-]+)\)/.exec(body)?.[1];
    const color = /(?<![-\w])color: var\(--([\w-]+)\)/.exec(body)?.[1];
    return background && color ? [{ pair: `${color},${background}`, where }] : [];
  });
  expect(written.length).toBeGreaterThan(20);
  expect(written.filter(({ pair }) => !known.has(pair))).toEqual([]);
});

describe.each(SCHEMES)('%s', (scheme) => {
  const of = (name: string): Colour => tokens.get(name)![scheme];

  test.each(TEXTS)('%s can be read on %s', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(MARKS)('%s can be seen on %s', (mark, ground) => {
    expect(contrast(of(mark), of(ground))).toBeGreaterThanOrEqual(3);
  });

  test('so can what is written on mixed colours', () => {
    for (const [ink, ground] of [
      ['on-accent', mix(of('accent'), 0.88, of('text'))],
      ['on-accent', mix(of('accent'), 0.82, of('on-accent'))],
      ['on-accent', mix(of('accent'), 0.82, of('raised'))],
      ['text', mix(of('accent'), 0.32, of('raised'))],
      // Over the cover of a month, whatever is on it.
      ...['text', 'quiet'].flatMap((ink) => [WHITE, BLACK].map((cover) => [ink, over(of('raised'), 0.88, cover)] as const)),
    ] as const) {
      expect(contrast(of(ink), ground)).toBeGreaterThanOrEqual(4.5);
    }
    for (const ground of GROUNDS) expect(contrast(mix(of('warn'), 0.55, hex('#f5a800')), of(ground))).toBeGreaterThanOrEqual(3);
  });

  test('and the letters of people, whatever colour their handle gives them', () => {
    for (let hue = 0; hue < 360; hue += 1) {
      const [letters, ground] = scheme === 'light' ? [hsl(hue, 60, 22), hsl(hue, 45, 88)] : [hsl(hue, 60, 86), hsl(hue, 30, 24)];
      expect(contrast(letters, ground)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

test('white marks and letters are seen even over white pictures', () => {
  const veils = rules().flatMap(({ where, body }) => {
    const [, grey, share] = /background: rgb\((\d+) \d+ \d+ \/ (\d+)%\)/.exec(body) ?? [];
    const opacity = /(?<![-\w])opacity: ([\d.]+)/.exec(body)?.[1] ?? 1;
    return grey === undefined || Number(grey) > 100 ? [] : [{ where, grey: Number(grey) / 255, opacity: (Number(share) / 100) * Number(opacity) }];
  });
  expect(veils.length).toBeGreaterThan(4);
  for (const { where, grey, opacity } of veils) {
    expect(contrast(WHITE, over([grey, grey, grey], opacity, WHITE)), where).toBeGreaterThanOrEqual(4.5);
  }
});

/** The styles of all components and style sheets. */
function sheets(): { where: string; text: string }[] {
  const folder = new URL('../', import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:vue|css)$/.test(name))
    .map((where) => {
      const text = readFileSync(new URL(where, folder), 'utf8');
      return { where, text: where.endsWith('.css') ? text : [...text.matchAll(/<style[^>]*>(.*?)<\/style>/gs)].map(([, style]) => style).join('\n') };
    });
}

/** Every rule, by its last selector. */
function rules(): { where: string; body: string }[] {
  return sheets().flatMap(({ where, text }) =>
    [...text.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, body]) => ({ where: `${where}: ${selector!.trim().split('\n').at(-1)}`, body: body! })),
  );
}
