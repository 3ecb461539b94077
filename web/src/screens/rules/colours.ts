/** Colours of bands, by their numbers: far from each other on the wheel, and equally bright. */

/** Neighbouring numbers are far apart, whatever their number. */
const GOLDEN = 137.5;

export function colourOf(band: number | null): string {
  if (band === null) return 'oklch(0.65 0 0)';
  return `oklch(0.68 0.14 ${Math.round(200 + band * GOLDEN) % 360})`;
}
