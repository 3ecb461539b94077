/** Addresses that point at one of a list, as those of notices do: `?share=ID`. */
import { computed, type ComputedRef, nextTick, watch } from 'vue';
import { useRoute } from 'vue-router';

/** Which one the address points at, null for none. It is scrolled to once the list `isThere`; its element has the id `share-ID`. */
export function usePointed(kind: 'share' | 'link', isThere: () => boolean): ComputedRef<string | null> {
  const route = useRoute();
  const pointed = computed(() => (typeof route.query[kind] === 'string' ? route.query[kind] : null));
  watch(
    [pointed, isThere],
    async ([id]) => {
      if (id === null) return;
      await nextTick();
      document.getElementById(`${kind}-${id}`)?.scrollIntoView({ block: 'center' });
    },
    { immediate: true },
  );
  return pointed;
}
