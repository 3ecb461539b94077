/** What lies below the places of a map: tiles where the server names some and the reader wants them, else outlines alone. */
import { computed, ref } from 'vue';
import { instance, readInstance } from '../api/instance';

const KEPT = 'archypix.map.tiles';
const wanted = ref(chosen());

/** The tiles that the server names; null where it names none, or nobody knows yet. */
export const named = computed(() => instance.value?.map_tiles ?? null);

/** The tiles to draw; null for outlines alone. */
export const ground = computed(() => (wanted.value ? named.value : null));

/** Ask for what the server names, unless it is known. Without an answer there are the outlines. */
export function findGround(): void {
  if (!instance.value) void readInstance().catch(() => {});
}

/** Tiles, or outlines alone, in this browser from now on. */
export function wantTiles(on: boolean): void {
  wanted.value = on;
  try {
    if (on) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, 'off');
  } catch {
    // A browser that keeps nothing has them again the next time.
  }
}

function chosen(): boolean {
  try {
    return localStorage.getItem(KEPT) !== 'off';
  } catch {
    return true;
  }
}
