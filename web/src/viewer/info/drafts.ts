/** What somebody has begun to write and could not be kept yet: it waits here while the page is open. */

const drafts = new Map<string, string>();

function key(id: string, field: string): string {
  return `${id} ${field}`;
}

export function draftOf(id: string, field: string): string | null {
  return drafts.get(key(id, field)) ?? null;
}

export function keepDraft(id: string, field: string, text: string): void {
  drafts.set(key(id, field), text);
}

export function dropDraft(id: string, field: string): void {
  drafts.delete(key(id, field));
}
