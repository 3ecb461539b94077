/** What can be done to the picture that is seen. */
import { client } from '../api/client';
import { on, tell } from '../api/events';
import { understood } from '../api/problem';
import type { Answer } from '../api/routes';
import { only, rate, restore, trash, turn, examine, type Turn } from '../acts/acts';
import { confirm } from '../ui/confirm';
import { toast } from '../ui/toasts';
import { said } from '../ui/work';
import type { Whole } from './picture';
import { fileOf } from './sources';
import { words } from './words';

type Copy = Answer<'get', '/pictures/{picture_id}/copy'>;

/** Do it; whether it went well. What the server refuses is said at the edge of the screen. */
export async function tried(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    toast(said(error), { kind: 'fault' });
    return false;
  }
}

export function give(id: string, stars: number): Promise<boolean> {
  return tried(() => rate(only(id), stars === 0 ? null : stars));
}

/** Whether it will be turned; some kinds of files cannot say it. */
export async function turned(id: string, degrees: Turn): Promise<boolean> {
  let count = 0;
  const wentWell = await tried(async () => {
    ({ affected: count } = await turn(only(id), degrees, { dryRun: true }));
    if (count > 0) await turn(only(id), degrees);
  });
  if (wentWell && count === 0) toast(words.value.cannotTurn, { kind: 'fault' });
  return wentWell && count > 0;
}

export function putAway(id: string): Promise<boolean> {
  return tried(() => trash(only(id)));
}

export function bringBack(id: string): Promise<boolean> {
  return tried(() => restore(only(id)));
}

/** Whether it is gone for good. */
export async function purge(id: string): Promise<boolean> {
  const { purgeTitle, purgeText, purge: action } = words.value;
  if (!(await confirm({ title: purgeTitle, text: purgeText, action, danger: true }))) return false;
  return tried(async () => {
    await client.delete('/pictures/{picture_id}', { path: { picture_id: id }, query: { permanent: true } });
    tell('pictures.changed');
    toast(words.value.purged);
  });
}

export function examineAgain(id: string): Promise<boolean> {
  return tried(async () => {
    await examine(only(id), true);
    toast(words.value.examined);
  });
}

/** Have the browser save what an address gives. */
export function save(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}

export function download({ id }: Pick<Whole, 'id'>): void {
  save(fileOf(id, { download: true }));
}

export function downloadSidecar({ id }: Pick<Whole, 'id'>): void {
  save(`/api/v1/pictures/${encodeURIComponent(id)}/sidecar`);
}

/** Fetch a picture of somebody else into this library; says what became of it whenever that is known. */
export async function copy(id: string, open: (copied: string) => void): Promise<void> {
  await tried(async () => {
    const begun = await client.post('/pictures/{picture_id}/copy', { path: { picture_id: id }, body: {} });
    if (begun.state !== 'waiting') return told(begun, open);
    toast(words.value.copyWaits);
    let isOver = false;
    async function look(): Promise<void> {
      const now = await client.get('/pictures/{picture_id}/copy', { path: { picture_id: id } });
      if (now.state === 'waiting' || isOver) return;
      isOver = true;
      stop();
      await told(now, open);
    }
    // Where it cannot be asked for now, the next that is heard is.
    const looked = () => void look().catch(() => undefined);
    const stop = on(['picture.copied'], (data) => (data.id === undefined || data.id === id) && looked());
    // What is told of may be over before the answer that it has begun is here.
    looked();
  });
}

async function told({ state, picture, duplicate, failure }: Copy, open: (copied: string) => void): Promise<void> {
  if (state === 'failed') {
    toast(words.value.copyFailed(await understood(failure ?? '')), { kind: 'fault' });
    return;
  }
  tell('pictures.changed');
  const action = picture === null ? null : { label: words.value.openCopy, run: () => open(picture) };
  toast(duplicate ? words.value.copyThere : words.value.copyDone, { action });
}
