/** What is wrong with a configuration, found by the place where it stands: `config.rules.0.when.and.1.not.min`. */
import { type ComputedRef, inject, type InjectionKey, provide, type Ref } from 'vue';
import type { Fault } from '../api/problem';

const FAULTS: InjectionKey<Readonly<Ref<readonly Fault[]>>> = Symbol('faults');

/** The parts of a form below this one find their faults among these. */
export function provideFaults(faults: Readonly<Ref<readonly Fault[]>> | ComputedRef<readonly Fault[]>): void {
  provide(FAULTS, faults);
}

export interface Faults {
  /** What is wrong exactly here; null: nothing. */
  at(path: string): string | null;
  /** What is wrong here or anywhere inside. */
  within(path: string): string | null;
}

export function useFaults(): Faults {
  const faults = inject(FAULTS, null);
  return {
    at: (path) => found(faults?.value ?? [], (one) => one === path),
    within: (path) => found(faults?.value ?? [], (one) => isWithin(one, path)),
  };
}

/** Whether a place is another one or lies inside it. */
export function isWithin(place: string, outer: string): boolean {
  return place === outer || (place.startsWith(outer) && /^[.[]/.test(place.slice(outer.length)));
}

function found(faults: readonly Fault[], wanted: (path: string) => boolean): string | null {
  const details = new Set(faults.filter(({ path }) => wanted(path)).map(({ detail }) => detail));
  return details.size > 0 ? [...details].join(' ') : null;
}
