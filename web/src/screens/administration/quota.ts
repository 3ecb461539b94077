/** Quotas as people write them: gigabytes, or nothing for no limit. */

const GIGA = 1e9;

/** Bytes of what was written; null: no limit; undefined: it is no number. */
export function quotaOf(text: string): number | null | undefined {
  const tidy = text.trim().replace(',', '.');
  if (tidy === '') return null;
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(tidy)) return undefined;
  return Math.round(Number(tidy) * GIGA);
}

/** What to write for so many bytes. */
export function quotaText(quota: number | null): string {
  return quota === null ? '' : String(Math.round(quota / 1e3) / 1e6);
}
