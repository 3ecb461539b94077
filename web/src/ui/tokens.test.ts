/** Contrast of the colours that meet, as WCAG 2.2 computes it: 4.5 to 1 for text, 3 to 1 for edges and marks, light and dark. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name!, { light: light!, dark: dark! }]));
const GROUNDS = ['ground', 'raised', 'sunken'] as const;
const SOFT = { accent: 'accent-soft', danger: 'danger-soft', warn: 'warn-soft', good: 'good-soft' } as const;

/** What is written on what. */
const TEXTS: readonly (readonly [string, string])[] = [
  ...GROUNDS.flatMap((ground) => ['text', 'quiet', 'accent', 'danger', 'warn', 'good'].map((ink) => [ink, ground] as const)),
  ...Object.entries(SOFT),
  ...Object.values(SOFT).map((soft) => ['text', soft] as const),
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
];
/** Edges of what can be operated, and the ring of the focus, on what lies around. */
const MARKS = GROUNDS.flatMap((ground) => ['edge', 'focus', 'accent'].map((mark) => [mark, ground] as const));

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more! + 0.05) / (less! + 0.05);
}

test('the formula is that of the standard', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('every colour that is spoken of is there', () => {
  const named = new Set([...TEXTS, ...MARKS].flat());
  expect([...named].filter((name) => !tokens.has(name))).toEqual([]);
});

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  test.each(TEXTS)('%s can be read on %s', (ink, ground) => {
    expect(contrast(tokens.get(ink)![scheme], tokens.get(ground)![scheme])).toBeGreaterThanOrEqual(4.5);
  });

  test.each(MARKS)('%s can be seen on %s', (mark, ground) => {
    expect(contrast(tokens.get(mark)![scheme], tokens.get(ground)![scheme])).toBeGreaterThanOrEqual(3);
  });
});
