/** Operations by the day on which they were done, where who looks is. */
import type { Schemas } from '../../api/routes';

export type Operation = Schemas['OperationItem'];

export interface Day {
  /** `2020-05-03`, in the zone of who looks. */
  readonly day: string;
  readonly operations: readonly Operation[];
}

export function dayOf(at: string): string {
  const moment = new Date(at);
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-');
}

/** In the order in which they come: the newest first. */
export function byDay(operations: readonly Operation[]): Day[] {
  const days: { day: string; operations: Operation[] }[] = [];
  for (const operation of operations) {
    const day = dayOf(operation.at);
    if (days.at(-1)?.day !== day) days.push({ day, operations: [] });
    days.at(-1)!.operations.push(operation);
  }
  return days;
}

/** What undoing everything since one of them takes back: all that stands from then on, but what undid another of these. */
export function standingSince(operations: readonly Operation[], since: Operation): Operation[] {
  const from = operations.filter(({ at }) => at >= since.at);
  const ids = new Set(from.map(({ id }) => id));
  return from.filter(({ undone_at: undone, undoes }) => undone === null && (undoes === null || !ids.has(undoes)));
}
