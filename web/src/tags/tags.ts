/** All tags of who is signed in: one list for the page, kept up by what happens. */
import { computed, type ComputedRef, readonly, type Ref, ref, shallowRef, watch } from 'vue';
import { client } from '../api/client';
import { on } from '../api/events';
import type { Schemas } from '../api/routes';
import { session } from '../api/session';
import { coalesced } from '../api/turns';
import { keyOf } from './paths';

export type TagItem = Schemas['TagItem'];

export interface Tags {
  /** Each behind its parent, siblings in order. */
  readonly items: Readonly<Ref<readonly TagItem[]>>;
  /** By `keyOf(path)`. */
  readonly byKey: ComputedRef<ReadonlyMap<string, TagItem>>;
  /** Whether they have been read at all. */
  readonly loaded: Readonly<Ref<boolean>>;
  readonly fault: Readonly<Ref<unknown>>;
  find(path: string): TagItem | undefined;
  reload(): Promise<void>;
  /** Take over what an answer held. */
  replace(items: readonly TagItem[]): void;
}

/** What moves counts, names or places. */
const KINDS = ['tags.changed', 'pictures.changed', 'picture.added', 'picture.trashed', 'picture.restored', 'picture.purged'];
/** Soon enough for eyes, and rare enough for an import of thousands; in milliseconds. */
const SOON = 300;
const SELDOM = 2500;

const items = shallowRef<readonly TagItem[]>([]);
const loaded = ref(false);
const fault = shallowRef<unknown>(null);
const byKey = computed<ReadonlyMap<string, TagItem>>(() => new Map(items.value.map((item) => [keyOf(item.path), item])));
let asking = new AbortController();
let lastRead = 0;
let waiting = 0;
let isKept = false;

/** Who waits for it sees what was there when they asked, or later. */
const reload = coalesced(async () => {
  const { signal } = asking;
  lastRead = Date.now();
  try {
    const answer = await client.get('/tags', { signal });
    if (signal.aborted) return;
    items.value = answer.items;
    loaded.value = true;
    fault.value = null;
  } catch (error) {
    if (!signal.aborted) fault.value = error;
  }
});

/** Whatever is under way is of no more interest. */
function giveUp(): void {
  asking.abort();
  asking = new AbortController();
}

function replace(answered: readonly TagItem[]): void {
  giveUp();
  items.value = answered;
  loaded.value = true;
}

/** Many events are one question, and that never waits for the last of them. */
function soon(): void {
  if (waiting !== 0) return;
  const wait = Math.max(SOON, lastRead + SELDOM - Date.now());
  waiting = window.setTimeout(() => {
    waiting = 0;
    void reload();
  }, wait);
}

function keep(): void {
  isKept = true;
  on(KINDS, soon);
  // Tags are of one person: the next one to sign in here has others.
  watch(
    () => session.account.value?.name,
    (name, before) => {
      if (name === before) return;
      giveUp();
      items.value = [];
      loaded.value = false;
      if (name !== undefined) void reload();
    },
  );
}

const tags: Tags = { items: readonly(items) as Tags['items'], byKey, loaded: readonly(loaded), fault: readonly(fault), find, reload, replace };

function find(path: string): TagItem | undefined {
  return byKey.value.get(keyOf(path));
}

/** The tags; they are read when somebody first wants them. */
export function useTags(): Tags {
  if (!isKept) keep();
  if (!loaded.value) void reload();
  return tags;
}
