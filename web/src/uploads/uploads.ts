/** Bringing files into the library, from wherever in the application: one queue for the page, and how far it is. */
import { type Ref, readonly, shallowRef, watch } from 'vue';
import { on, tell } from '../api/events';
import { session } from '../api/session';
import type { Carried } from './carried';
import { dropped, type Found, picked, tagOf, type Walked } from './folders';
import { type Chosen, type Item, makeItem, type Outcome, type Sample, sampled, share, speed, type Totals, totals, uuid } from './items';
import { claim, forgetAll, forgetEverything, lent, recalled, remember, type Unfinished, unfinished } from './memory';
import { type Hold, Queue } from './queue';
import { alone, forgetShared, sharedFiles, sharedIsIn } from './shared';

export interface Row {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly share: number;
  readonly isReading: boolean;
  readonly outcome: Outcome | null;
  readonly reason: Item['reason'];
  readonly detail: string | null;
  readonly picture: string | null;
}

export interface Snapshot extends Totals {
  readonly state: 'idle' | 'running' | Hold;
  /** Bytes a second; null: not known. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
  readonly active: readonly Row[];
}

export interface Wish {
  /** A tag for all of them. */
  readonly tag?: string | undefined;
  /** Names of folders become tags, below `tag` where there is one. */
  readonly folders?: boolean | undefined;
}

/** What was chosen and is to be looked at before it begins. */
export interface Plan {
  readonly walked: Walked;
  readonly tag: string;
  readonly lending: Lending;
}

type Lending = Carried['lending'];

const NONE: Lending = Promise.resolve(new Map());
const EVERY = 250;
/** More than these in one go are asked about first. */
const MANY = 500;
const queue = new Queue({ changed, decided });
const byPicture = new Map<string, Item>();
/** Pictures that nothing could show, told before the answer came that they are ours. */
const failedEarly = new Set<string>();
const finished = new Set<string>();
let samples: readonly Sample[] = [];
let soon: ReturnType<typeof setTimeout> | undefined;
let wasBusy = false;

const shown = shallowRef<Snapshot>(look());
const planned = shallowRef<Plan | null>(null);
const left = shallowRef<Unfinished | null>(null);
const looking = shallowRef<number | null>(null);

export const snapshot: Readonly<Ref<Snapshot>> = readonly(shown) as Readonly<Ref<Snapshot>>;
export const plan: Readonly<Ref<Plan | null>> = planned;
/** What was begun before the page was loaded, and not finished. */
export const begun: Readonly<Ref<Unfinished | null>> = left;
/** While dropped folders are looked through: how many files were found in them. */
export const found: Readonly<Ref<number | null>> = looking;

/** Bring files in: at once, or after a question where it is many or there are folders. */
export async function add(files: readonly File[] | Carried, wish: Wish = {}): Promise<void> {
  if (!('lending' in files)) return offer(picked(files), wish, NONE);
  try {
    await offer(await dropped(files, (count) => (looking.value = count)), wish, files.lending);
  } finally {
    looking.value = null;
  }
}

async function offer(walked: Walked, wish: Wish, lending: Lending): Promise<void> {
  if (walked.found.length + walked.others.length === 0 && walked.unread === 0) return;
  const isPlain = walked.folders === 0 && walked.others.length === 0 && walked.found.length <= MANY && !walked.isCut && walked.unread === 0;
  if (isPlain || wish.folders !== undefined) await begin(walked.found, wish, lending);
  else planned.value = { walked, tag: wish.tag ?? '', lending };
}

/** Begin with what was looked at. */
export async function agree(wish: Wish, withOthers: boolean): Promise<void> {
  const agreed = planned.value;
  planned.value = null;
  if (agreed === null) return;
  const { found, others } = agreed.walked;
  await begin(withOthers ? [...found, ...others] : found, wish, agreed.lending);
}

export function decline(): void {
  planned.value = null;
}

async function begin(files: readonly Found[], { tag = '', folders = false }: Wish, lending: Lending): Promise<void> {
  const chosen = files.map(({ file, path }): Chosen => {
    const own = tagOf(folders ? path : '', tag);
    return { file, path, tags: own === null ? [] : [own] };
  });
  const account = session.account.value?.name ?? '';
  await take(await recalled(account, chosen), lending);
}

async function take(chosen: readonly Chosen[], lending: Lending): Promise<void> {
  const batch = uuid();
  // The same file twice in the list would be read and asked for twice.
  const there = new Set([...queue.items.values()].filter(({ outcome }) => outcome === null).map(nameOf));
  const items = chosen.filter((one) => !there.has(nameOf(one))).map((one) => makeItem(one, batch));
  samples = [];
  queue.add(items);
  const account = session.account.value?.name ?? '';
  await remember(account, items, new Map());
  await lookBack();
  void lending.then((handles) => (handles.size > 0 ? remember(account, items, handles) : undefined));
}

function nameOf({ path, file }: { path: string; file: File }): string {
  return `${file.size}|${file.lastModified}|${path}`;
}

/** Go on with what was not finished: true when nothing has to be chosen again. */
export async function goOn(): Promise<boolean> {
  const was = left.value;
  if (was === null) return true;
  const chosen = await lent(was);
  if (chosen.length > 0) {
    const handles = new Map(was.rows.flatMap(({ path, handle }) => (handle === null ? [] : [[path, handle] as const])));
    await take(chosen, Promise.resolve(handles));
  }
  return (left.value?.files ?? 0) === 0;
}

export async function dropUnfinished(): Promise<void> {
  await forgetAll(left.value?.rows.map(({ key }) => key) ?? []);
  await lookBack();
}

export const pause = (): void => queue.pause();
export const resume = (): void => queue.resume();
export const cancelAll = (): void => queue.cancelAll();

export function clear(): void {
  queue.clear();
  byPicture.clear();
}

export function cancel(id: number): void {
  const item = queue.items.get(id);
  if (item) queue.cancel(item);
}

/** Try one again, or all that failed. */
export function retry(id?: number): void {
  for (const item of queue.items.values()) if (id === undefined ? item.outcome === 'failed' || item.outcome === 'refused' : item.id === id) queue.retry(item);
}

/** The files that something became of, the latest last; of a long list its end. */
export function rowsOf(outcome: Outcome, most = 200): readonly Row[] {
  return [...queue.items.values()].filter((item) => item.outcome === outcome).slice(-most).map(rowOf);
}

/** The pictures that came in and are new. */
export function broughtIn(most = 10_000): readonly string[] {
  return [...queue.items.values()].flatMap(({ outcome, picture }) => (outcome === 'new' && picture !== null ? [picture] : [])).slice(0, most);
}

function rowOf(item: Item): Row {
  const { id, path, size, outcome, reason, detail, picture } = item;
  return { id, path, size, share: share(item), isReading: item.phase === 'hashing', outcome, reason, detail, picture };
}

function look(): Snapshot {
  const sums = totals(queue.items.values());
  const state = queue.hold !== null && queue.isBusy ? queue.hold : queue.isBusy ? 'running' : 'idle';
  const pace = state === 'running' ? speed(samples) : null;
  const secondsLeft = pace === null || pace === 0 ? null : (sums.bytes - sums.settled) / pace;
  return { ...sums, state, speed: pace, secondsLeft, active: queue.active.map(rowOf) };
}

function changed(): void {
  soon ??= setTimeout(refresh, EVERY);
}

function refresh(): void {
  soon = undefined;
  const now = look();
  samples = now.state === 'running' ? sampled(samples, performance.now(), now.settled) : [];
  shown.value = now;
  if (finished.size > 0) {
    const keys = [...finished];
    finished.clear();
    void forgetAll(keys);
  }
  if (wasBusy && now.state === 'idle') {
    tell('pictures.changed');
    tell('tags.changed');
  }
  wasBusy = now.state !== 'idle';
  window.onbeforeunload = wasBusy ? warn : null;
  // Speed and time left go on even while nothing is told.
  if (now.state === 'running') changed();
}

/** A browser asks in its own words whether to leave. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function decided(item: Item): void {
  if (item.key !== null && item.outcome !== 'failed') finished.add(item.key);
  if (item.outcome !== 'failed') sharedIsIn(item.file);
  if (item.outcome === 'new' && item.picture !== null) {
    byPicture.set(item.picture, item);
    if (failedEarly.delete(item.picture)) item.outcome = 'unreadable';
  }
  changed();
}

/** Only once it is there a file is looked into. */
on(['picture.failed'], ({ id }) => {
  if (typeof id !== 'string') return;
  const item = byPicture.get(id);
  if (item === undefined && queue.isBusy && failedEarly.size < 10_000) failedEarly.add(id);
  if (item === undefined) return;
  item.outcome = 'unreadable';
  changed();
});

/** Bring in what a phone's share sheet gave. */
async function takeShared(): Promise<void> {
  await begin(picked(await sharedFiles()).found, {}, NONE);
}

async function lookBack(): Promise<void> {
  const account = session.account.value?.name;
  const now = account === undefined ? null : await unfinished(account);
  left.value = now !== null && now.files > 0 ? now : null;
}

watch(
  () => session.account.value?.name,
  (name, before) => {
    if (name !== undefined) {
      claim();
      void lookBack();
      void alone(takeShared).catch(() => {});
    } else if (before !== undefined) {
      queue.cancelAll();
      queue.clear();
      left.value = null;
      void forgetEverything();
      void forgetShared();
    }
  },
  { immediate: true },
);
watch(
  () => session.expired.value,
  (gone) => (gone ? queue.signedOut() : queue.hold === 'signedOut' && queue.resume()),
);
const reached = (): void => void (queue.hold === 'unreachable' && queue.resume());
window.addEventListener('online', reached);
// The stream of events stands again.
on([], reached);
