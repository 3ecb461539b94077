/** Searches that were made in this browser, the latest first; of each person their own. */
import { session } from '../api/session';

const MOST = 30;

function key(): string {
  return `archypix.searches.${session.account.value?.name ?? ''}`;
}

export function pastSearches(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key()) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Keep a search that was made; one that is there already comes to the front. */
export function keepSearch(query: string): void {
  if (query.trim() !== '') keep(moved(pastSearches(), query.trim()));
}

export function forgetSearches(): void {
  keep([]);
}

export function moved(all: readonly string[], query: string): string[] {
  return [query, ...all.filter((one) => one !== query)].slice(0, MOST);
}

function keep(all: readonly string[]): void {
  try {
    localStorage.setItem(key(), JSON.stringify(all));
  } catch {
    // A browser that keeps nothing has no past.
  }
}
