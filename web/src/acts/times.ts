/** Arithmetic of camera clocks, which know no zone. */

/** What a person sets to move dates by. */
export interface Span {
  readonly later: boolean;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

export function secondsOf({ later, days, hours, minutes, seconds }: Span): number {
  const total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return Number.isFinite(total) ? Math.round(later ? total : -total) || 0 : 0;
}

/** A wall clock so many seconds later; null where it leaves the years that are kept. */
export function moved(wall: string, seconds: number): string | null {
  const at = new Date(`${wall.slice(0, 19)}Z`);
  at.setTime(at.getTime() + seconds * 1000);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1 || at.getUTCFullYear() > 9999) return null;
  return at.toISOString().slice(0, 19);
}

/** Minutes ahead of UTC as people write them: `UTC+05:30`. */
export function zoneName(minutes: number): string {
  const size = Math.abs(minutes);
  const [hours, rest] = [Math.floor(size / 60), size % 60];
  return `UTC${minutes < 0 ? '−' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** The zones that there are, in minutes ahead of UTC. */
export const ZONES: readonly number[] = [
  ...Array.from({ length: 25 }, (_, index) => (index - 12) * 60),
  ...[13, 14].map((hours) => hours * 60),
  ...[-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765],
].sort((one, other) => one - other);

/** The zone of this browser now. */
export function zoneHere(): number {
  return -new Date().getTimezoneOffset();
}
