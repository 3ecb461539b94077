/** Numbers, sizes and times as people of the spoken language write them. */
import { locale } from './words';

type Made<T> = (spoken: string) => T;

/** One formatter for each language, made when it is first needed: making them is slow. */
function kept<T>(make: Made<T>): () => T {
  const all = new Map<string, T>();
  return () => {
    let found = all.get(locale.value);
    if (found === undefined) all.set(locale.value, (found = make(locale.value)));
    return found;
  };
}

const numbers = kept((spoken) => new Intl.NumberFormat(spoken));
const days = kept((spoken) => new Intl.DateTimeFormat(spoken, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }));
const months = kept((spoken) => new Intl.DateTimeFormat(spoken, { month: 'long', year: 'numeric', timeZone: 'UTC' }));
const walls = kept((spoken) => new Intl.DateTimeFormat(spoken, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }));
const moments = kept((spoken) => new Intl.DateTimeFormat(spoken, { dateStyle: 'medium', timeStyle: 'short' }));
const relatives = kept((spoken) => new Intl.RelativeTimeFormat(spoken, { numeric: 'auto' }));

/** `12,345`. */
export function number(value: number): string {
  return numbers().format(value);
}

/** `3.4 MB`, in thousands as disks are sold. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
  let index = 0;
  let rest = value;
  while (rest >= 1000 && index < units.length - 1) {
    rest /= 1000;
    index += 1;
  }
  const digits = index > 0 && rest < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit: units[index]!, unitDisplay: 'short', maximumFractionDigits: digits }).format(rest);
}

/** A day of a wall clock, `2020-05-03` or longer: `Sun, 3 May 2020`. */
export function day(wall: string): string {
  return days().format(new Date(`${wall.slice(0, 10)}T00:00:00Z`));
}

/** `May 2020`. */
export function month(wall: string): string {
  return months().format(new Date(`${wall.slice(0, 7)}-01T00:00:00Z`));
}

/** A camera's wall clock, without a zone: `3 May 2020, 14:07`. */
export function wall(clock: string): string {
  return walls().format(new Date(clock.endsWith('Z') ? clock : `${clock}Z`));
}

/** A moment (RFC 3339) in the zone of who looks. */
export function moment(at: string): string {
  return moments().format(new Date(at));
}

/** `3 hours ago`, `in 2 days`. */
export function relative(at: string, now: number = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const steps = [
    ['second', 60],
    ['minute', 60],
    ['hour', 24],
    ['day', 30],
    ['month', 12],
    ['year', Infinity],
  ] as const;
  let value = seconds;
  for (const [unit, many] of steps) {
    if (Math.abs(value) < many) return relatives().format(Math.round(value), unit);
    value /= many;
  }
  return moment(at);
}

/** Seconds of a video: `1:02:07`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
