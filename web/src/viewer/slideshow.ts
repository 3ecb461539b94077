/** One picture after the other by itself: not while nobody looks, and not before the next one can be seen. */
import { type Ref, onBeforeUnmount, onMounted, readonly, ref } from 'vue';

export interface Slideshow {
  /** Whether it is on at all, paused or not. */
  readonly isOn: Readonly<Ref<boolean>>;
  readonly isPaused: Readonly<Ref<boolean>>;
  /** How long each picture stays, in seconds. */
  readonly pace: Ref<number>;
  start(): void;
  stop(): void;
  pause(): void;
  /** What is shown now can be seen from now on. `waits`: it says itself when it has ended. */
  seen(waits: boolean): void;
  /** What is shown has ended. */
  over(): void;
}

export const PACES = [3, 5, 10, 20] as const;
const KEPT = 'archypix.pace';

/** `next` shows the next picture; false: there is none. */
export function useSlideshow(next: () => boolean): Slideshow {
  const isOn = ref(false);
  const isPaused = ref(false);
  const pace = ref(kept());
  let timer = 0;
  let waits = false;

  function wait(): void {
    clearTimeout(timer);
    if (isOn.value && !isPaused.value && !waits && !document.hidden) timer = window.setTimeout(over, pace.value * 1000);
  }

  function over(): void {
    if (!isOn.value || isPaused.value || document.hidden) return;
    if (!next()) stop();
  }

  function stop(): void {
    isOn.value = false;
    clearTimeout(timer);
  }

  onMounted(() => document.addEventListener('visibilitychange', wait));
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', wait);
    stop();
  });

  return {
    isOn: readonly(isOn),
    isPaused: readonly(isPaused),
    pace,
    start() {
      isOn.value = true;
      isPaused.value = false;
      wait();
    },
    stop,
    pause() {
      isPaused.value = !isPaused.value;
      wait();
    },
    seen(itWaits) {
      waits = itWaits;
      keep(pace.value);
      wait();
    },
    over,
  };
}

function kept(): number {
  try {
    const found = Number(localStorage.getItem(KEPT));
    return PACES.some((one) => one === found) ? found : 5;
  } catch {
    return 5;
  }
}

function keep(pace: number): void {
  try {
    localStorage.setItem(KEPT, String(pace));
  } catch {
    // A browser that keeps nothing begins anew each time.
  }
}
