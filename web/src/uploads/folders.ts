/** What was dropped or picked, as files with their folders; and which tags the names of folders make. */
import type { Carried } from './carried';

export interface Found {
  readonly file: File;
  /** `Holiday/Alps/IMG_1.jpg`. */
  readonly path: string;
}

export interface Walked {
  readonly found: readonly Found[];
  /** Names of files in folders that are neither pictures nor videos; a few of them. */
  readonly others: readonly Found[];
  readonly folders: number;
  readonly bytes: number;
  /** More was there than is taken at once. */
  readonly isCut: boolean;
  readonly unread: number;
}

/** So many files are taken at once; a larger library is better imported on the server. */
export const MOST = 100_000;
const DEEPEST = 64;

/** What programs leave beside pictures; never a picture. */
const LITTER = new Set(['thumbs.db', 'desktop.ini', 'ehthumbs.db', 'manifest.csv', 'picasa.ini', '@eadir', '__macosx', '#recycle', 'lost+found']);
const EXTENSIONS = new Set(
  (
    'jpg jpeg jpe jfif png webp gif tif tiff bmp heic heif hif avif jxl jp2 dng cr2 cr3 crw nef nrw arw srf sr2 raf orf rw2 pef srw x3f 3fr iiq mrw ' +
    'erf kdc mp4 m4v mov qt 3gp 3g2 avi mkv webm mts m2ts mpg mpeg insp insv'
  ).split(' '),
);

export function isLitter(name: string): boolean {
  return name.startsWith('.') || LITTER.has(name.toLowerCase());
}

export function isMedia(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && EXTENSIONS.has(name.slice(dot + 1).toLowerCase());
}

/** The tag of a file with this path, below `base`: what its folders are called. Null where it has neither. */
export function tagOf(path: string, base = ''): string | null {
  const segments = base.split('/').filter(Boolean);
  for (const name of path.split('/').slice(0, -1)) {
    // eslint-disable-next-line no-control-regex
    const text = name.normalize('NFC').replace(/\p{Cc}|\p{Cs}/gu, '').trim();
    const short = [...text].slice(0, 100).join('').trim();
    if (short) segments.push(short);
  }
  // What is received from others lives there, and nothing else.
  if (segments[0]?.toLowerCase() === 'sharedtome') segments[0] = `${segments[0]} (2)`;
  return segments.length > 0 ? `/${segments.slice(0, 16).join('/')}` : null;
}

/** Sort files that came with their folders: what is taken, and what lies beside. Files that stand alone are always taken. */
export function sorted(files: readonly Found[], isCut = false, unread = 0): Walked {
  const found: Found[] = [];
  const others: Found[] = [];
  const folders = new Set<string>();
  let bytes = 0;
  for (const one of files) {
    const parts = one.path.split('/');
    if (parts.some((part, index) => (parts.length > 1 || index > 0) && isLitter(part))) continue;
    if (parts.length > 1) folders.add(parts.slice(0, -1).join('/'));
    if (parts.length > 1 && !isMedia(one.file.name)) others.push(one);
    else {
      found.push(one);
      bytes += one.file.size;
    }
  }
  return { found, others, folders: folders.size, bytes, isCut, unread };
}

/** Files that a picker or the clipboard gave. */
export function picked(files: readonly File[]): Walked {
  const all = files.slice(0, MOST).map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  return sorted(all, files.length > MOST);
}

/** Files and folders that were dropped, looked through; `progress` hears how many files were found. */
export async function dropped({ entries, loose }: Carried, progress: (files: number) => void, signal?: AbortSignal): Promise<Walked> {
  const walk = new Walk(loose.map((file) => ({ file, path: file.name })), progress, signal);
  await walk.through(entries);
  return sorted(walk.found, walk.isCut, walk.unread);
}

class Walk {
  isCut = false;
  unread = 0;

  constructor(
    readonly found: Found[],
    readonly progress: (files: number) => void,
    readonly signal: AbortSignal | undefined,
  ) {}

  async through(entries: readonly FileSystemEntry[]): Promise<void> {
    const pending = entries.map((entry) => ({ entry, path: entry.name, depth: 0 })).reverse();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (this.signal?.aborted) return;
      if (this.found.length >= MOST) {
        this.isCut = true;
        return;
      }
      const { entry, path, depth } = next;
      if (depth > 0 && isLitter(entry.name)) continue;
      try {
        if (entry.isFile) this.found.push({ file: await fileOf(entry as FileSystemFileEntry), path });
        else if (depth < DEEPEST) {
          const inside = await entriesOf(entry as FileSystemDirectoryEntry);
          inside.sort((a, b) => (a.name < b.name ? 1 : -1));
          for (const one of inside) pending.push({ entry: one, path: `${path}/${one.name}`, depth: depth + 1 });
        }
      } catch {
        this.unread += 1;
      }
      if (this.found.length % 100 === 0) this.progress(this.found.length);
    }
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives a hundred at a time, and nothing at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || all.length > MOST) return all;
    all.push(...some);
  }
}
