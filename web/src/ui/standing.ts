/**
 * Where a view stands, in the address of the page. It changes while somebody moves, also where they are on their way to elsewhere:
 * navigating for it would give up the navigation that is under way. So the router is not asked; it reads where it is from its
 * own note in the history.
 */
import { type LocationQuery, parseQuery } from 'vue-router';

/** Say where the view stands, without a step in the history; null: where it begins. */
export function stand(name: string, value: string | null): void {
  const address = new URL(location.href);
  if (value === address.searchParams.get(name)) return;
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  const path = address.pathname + address.search + address.hash;
  history.replaceState({ ...history.state, current: path }, '', path);
}

/** What the address asks for, and where the view stands. */
export const queryNow = (): LocationQuery => parseQuery(location.search);
