/** What a drag brings, taken out of it at once: when the event is over, nothing of it can be asked for any more. */

/** Files as a browser may lend them again later, by name. */
export type Handles = ReadonlyMap<string, FileSystemFileHandle>;

export interface Carried {
  readonly entries: readonly FileSystemEntry[];
  /** Files that have no entry; no folders. */
  readonly loose: readonly File[];
  /** Some browsers ask people first, and take their time. */
  readonly lending: Promise<Handles>;
}

type Lends = DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };

/** The files and folders of a drop. To be called while the event lasts. */
export function carried(transfer: DataTransfer): Carried {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  const lent: Promise<FileSystemHandle | null>[] = [];
  for (const item of [...transfer.items].filter(({ kind }) => kind === 'file')) {
    const entry = item.webkitGetAsEntry?.() ?? null;
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) loose.push(file);
    if (entry?.isFile) lent.push(handleOf(item));
  }
  return { entries, loose, lending: Promise.all(lent).then(byName) };
}

/** Folders are not asked for: browsers warn of many of them, and hold up the page meanwhile. */
async function handleOf(item: Lends): Promise<FileSystemHandle | null> {
  try {
    return (await item.getAsFileSystemHandle?.()) ?? null;
  } catch {
    return null;
  }
}

function byName(handles: readonly (FileSystemHandle | null)[]): Handles {
  return new Map(handles.filter((one) => one?.kind === 'file').map((one) => [one!.name, one as FileSystemFileHandle]));
}
