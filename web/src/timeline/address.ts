/** The place of a view in the address: where it stands, and which picture is open. */
import { computed, type ComputedRef } from 'vue';
import { type LocationQuery, useRoute, useRouter } from 'vue-router';
import { queryNow, stand } from '../ui/standing';

export interface Address {
  /** `2018-07-03`; null: at the top. */
  readonly at: ComputedRef<string | null>;
  readonly picture: ComputedRef<string | null>;
  /** Say where the view stands, without a step in the history. */
  stand(at: string | null): void;
  open(id: string): void;
  /** Another picture in the place of the one that is open. */
  turn(id: string): void;
  close(): void;
}

const MOMENT = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?)?)?)?$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function useAddress(): Address {
  const route = useRoute();
  const router = useRouter();
  let opened = false;

  function now(): LocationQuery {
    const { picture: _, ...query } = queryNow();
    return query;
  }

  return {
    at: computed(() => (MOMENT.test(String(route.query.at)) ? String(route.query.at) : null)),
    picture: computed(() => (ID.test(String(route.query.picture)) ? String(route.query.picture) : null)),
    stand: (at) => stand('at', at),
    open(id) {
      opened = true;
      void router.push({ query: { ...now(), picture: id }, hash: route.hash });
    },
    turn: (id) => void router.replace({ query: { ...now(), picture: id }, hash: route.hash }),
    close() {
      if (opened) router.back();
      else void router.replace({ query: now(), hash: route.hash });
      opened = false;
    },
  };
}
