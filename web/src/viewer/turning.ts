/** A picture that was turned is shown turned at once, though its file and thumbnails take some seconds. */
import { type Ref, computed, shallowRef, watch } from 'vue';
import type { Whole } from './picture';

interface Turned {
  readonly id: string;
  readonly degrees: number;
  /** The thumbnail that shows it as it was. */
  readonly before: string | null;
}

export interface Turning {
  readonly degrees: Readonly<Ref<number>>;
  begin(id: string, degrees: number): void;
}

export function useTurning(whole: Readonly<Ref<Whole | null>>): Turning {
  const turned = shallowRef<Turned | null>(null);

  // New thumbnails show it as it is; what was never written is shown as it was.
  watch(whole, (now) => {
    const mine = turned.value;
    if (!mine || now?.id !== mine.id) return;
    const isNew = now.state === 'ready' && addressOf(now) !== mine.before;
    if (isNew || now.metadata_state === 'failed' || now.metadata_state === 'unsupported') turned.value = null;
  });

  return {
    degrees: computed(() => (turned.value && turned.value.id === whole.value?.id ? turned.value.degrees : 0)),
    begin(id, degrees) {
      const mine = turned.value?.id === id ? turned.value : null;
      const before = mine ? mine.before : whole.value?.id === id ? addressOf(whole.value) : null;
      const sum = (mine?.degrees ?? 0) + degrees;
      turned.value = sum === 0 ? null : { id, degrees: sum, before };
    },
  };
}

function addressOf({ thumbnails }: Whole): string | null {
  return thumbnails.large?.split('?')[0] ?? null;
}
