/** Where a drive is opened from outside. */
import { computed } from 'vue';
import { session } from '../../api/session';

/** The address of a drive; what a new token says is the server's own word, this is what the page can tell before. */
export function addressOf(slug: string): string {
  return `${location.origin}/webdav/${slug}/`;
}

/** The name that a device signs in with. */
export const user = computed(() => session.account.value?.name ?? '');
