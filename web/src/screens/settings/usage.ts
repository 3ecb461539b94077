/** How much of a store is used, in parts that add up. */

export interface Usage {
  readonly originals: number;
  readonly versions: number;
  readonly trash: number;
  readonly uploading: number;
  readonly used: number;
  readonly quota: number | null;
}

export type Kind = 'originals' | 'versions' | 'trash' | 'uploading';
export const KINDS: readonly Kind[] = ['originals', 'versions', 'trash', 'uploading'];

/** The share of the bar that each kind takes, in percent: of the quota, or of all that is there where nothing bounds it. */
export function shares(usage: Usage): readonly { readonly kind: Kind; readonly percent: number }[] {
  const whole = Math.max(usage.quota ?? 0, usage.used, 1);
  return KINDS.map((kind) => ({ kind, percent: (usage[kind] / whole) * 100 })).filter(({ percent }) => percent > 0);
}

/** Whether little room is left. */
export function isTight(usage: Usage): boolean {
  return usage.quota !== null && usage.used >= usage.quota * 0.9;
}
