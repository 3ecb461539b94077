/** When a picture in the trash goes for good. */

const DAY = 86_400_000;

/** The moment (RFC 3339) at which what was deleted then is over. */
export function goesAt(deletedAt: string, days: number): string {
  return new Date(Date.parse(deletedAt) + days * DAY).toISOString();
}

/** Whether it may go any minute: the server looks from time to time. */
export function isDue(deletedAt: string, days: number, now: number = Date.now()): boolean {
  return Date.parse(deletedAt) + days * DAY <= now;
}

/** Days as somebody wrote them; null: the server's own number. Undefined: that is no number of days. */
export function daysFrom(text: string): number | null | undefined {
  const written = text.trim();
  if (written === '') return null;
  const days = Number(written);
  return Number.isInteger(days) && days >= 0 && days <= 3650 ? days : undefined;
}
