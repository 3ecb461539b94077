/** What somebody has begun to write and is not kept yet: it waits as long as this tab, over faults and reloads, until they sign out. */
import { watch } from 'vue';
import { session } from '../../api/session';

export interface Draft {
  readonly text: string;
  /** What the picture was when somebody began to write: others may have written since. */
  readonly revision: number;
  readonly before: string | null;
}

const KEPT = 'archypix.drafts';
const MOST = 50;
const drafts = new Map<string, Draft>(kept());

watch(session.account, (now, before) => {
  if (now !== null || before === null) return;
  drafts.clear();
  keep();
});

export function draftOf(id: string, field: string): Draft | null {
  return drafts.get(key(id, field)) ?? null;
}

export function keepDraft(id: string, field: string, draft: Draft): void {
  drafts.delete(key(id, field));
  drafts.set(key(id, field), draft);
  for (const oldest of drafts.keys()) {
    if (drafts.size <= MOST) break;
    drafts.delete(oldest);
  }
  keep();
}

export function dropDraft(id: string, field: string): void {
  if (drafts.delete(key(id, field))) keep();
}

function key(id: string, field: string): string {
  return `${id} ${field}`;
}

function keep(): void {
  try {
    if (drafts.size > 0) sessionStorage.setItem(KEPT, JSON.stringify([...drafts]));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing has them as long as the page.
  }
}

function kept(): [string, Draft][] {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '[]') as [string, Draft][];
  } catch {
    return [];
  }
}
