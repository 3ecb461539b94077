/** Dragging over the tree: tags into and between tags, and pictures onto them. */
import { onBeforeUnmount, type Ref, shallowRef } from 'vue';
import { type SelectionBody, tag } from '../../acts/acts';
import { Problem } from '../../api/problem';
import { childOf, isReserved, isWithin, keyOf, nameOf } from '../../tags/paths';
import type { TagItem } from '../../tags/tags';
import { toast } from '../../ui/toasts';
import { said } from '../../ui/work';
import { move, order } from './deeds';
import { setOpen } from './opened';
import { reordered, type Where, whereIn } from './tree';

export const PICTURES = 'application/x-archypix-selection';
export const TAG = 'application/x-archypix-tag';
/** A tag opens once something has been held over it for so long, in milliseconds. */
const HELD = 600;

export interface Over {
  readonly path: string;
  readonly where: Where;
}

export interface TreeDrag {
  /** What something is held over. */
  readonly over: Readonly<Ref<Over | null>>;
  readonly dragged: Readonly<Ref<TagItem | null>>;
  start(event: DragEvent, item: TagItem): void;
  hold(event: DragEvent, item: TagItem): void;
  leave(event: DragEvent): void;
  drop(event: DragEvent, item: TagItem): Promise<void>;
  dropOnTop(event: DragEvent): Promise<void>;
  end(): void;
}

/** `siblings` names the children of a tag (null: the roots) in their order; `clash` is called where a name is taken. */
export function useTreeDrag(siblings: (parent: string | null) => string[], clash: (item: TagItem, into: string) => void): TreeDrag {
  const over = shallowRef<Over | null>(null);
  const dragged = shallowRef<TagItem | null>(null);
  let opening = 0;

  function place(event: DragEvent, item: TagItem): Where | null {
    const types = event.dataTransfer?.types ?? [];
    if (types.includes(PICTURES)) return isReserved(item.path) ? null : 'into';
    if (!dragged.value || isWithin(item.path, dragged.value.path)) return null;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const where = whereIn(event.clientY - box.top, box.height);
    return isReserved(item.path) && (where === 'into' || item.parent !== null) ? null : where;
  }

  function end(): void {
    clearTimeout(opening);
    over.value = null;
    dragged.value = null;
  }

  onBeforeUnmount(end);

  return {
    over,
    dragged,
    end,
    start(event, item) {
      if (!event.dataTransfer || isReserved(item.path)) return event.preventDefault();
      dragged.value = item;
      event.dataTransfer.setData(TAG, item.path);
      event.dataTransfer.setData('text/plain', item.path);
      event.dataTransfer.effectAllowed = 'move';
    },
    hold(event, item) {
      const where = place(event, item);
      if (where === null) {
        if (over.value?.path === item.path) over.value = null;
        return;
      }
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = dragged.value ? 'move' : 'copy';
      if (over.value?.path === item.path && over.value.where === where) return;
      clearTimeout(opening);
      over.value = { path: item.path, where };
      if (where === 'into') opening = window.setTimeout(() => setOpen([item.id], true), HELD);
    },
    leave(event) {
      if ((event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) return;
      clearTimeout(opening);
      over.value = null;
    },
    async drop(event, item) {
      const where = place(event, item);
      if (where === null) return;
      event.preventDefault();
      const moved = dragged.value;
      const pictures = event.dataTransfer?.getData(PICTURES);
      end();
      if (pictures) await given(pictures, item.path);
      else if (moved) await put(moved, item, where);
    },
    async dropOnTop(event) {
      const moved = dragged.value;
      if (!moved || moved.parent === null) return;
      event.preventDefault();
      end();
      await tried(moved, null, () => move(moved.path, null));
    },
  };

  async function put(moved: TagItem, target: TagItem, where: Where): Promise<void> {
    if (where === 'into') return tried(moved, target.path, () => move(moved.path, target.path));
    const names = reordered(siblings(target.parent), moved.name, target.name, where);
    await tried(moved, target.parent, async () => {
      if (moved.parent !== target.parent) await move(moved.path, target.parent);
      await order(target.parent, names);
    });
  }

  /** A name that is taken there is a question rather than a fault. */
  async function tried(moved: TagItem, into: string | null, act: () => Promise<unknown>): Promise<void> {
    if (into !== null && keyOf(childOf(into, nameOf(moved.path))) === keyOf(moved.path)) return;
    try {
      await act();
    } catch (error) {
      if (error instanceof Problem && error.code === 'tag_exists') clash(moved, childOf(into, moved.name));
      else toast(said(error), { kind: 'fault' });
    }
  }
}

/** Pictures that were dragged here get the tag. */
export async function given(data: string, path: string): Promise<void> {
  try {
    const { selection } = JSON.parse(data) as { selection: SelectionBody };
    await tag(selection, [path]);
  } catch (error) {
    toast(said(error), { kind: 'fault' });
  }
}
