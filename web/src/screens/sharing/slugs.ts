/** Short names of collections: `a` to `z`, digits, `-` and `_`, sixty at most. */
const LONGEST = 60;

/** What stands for a name: `Été à la mer` becomes `ete-a-la-mer`. */
export function slugOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LONGEST)
    .replace(/-+$/, '');
}

export function isSlug(written: string): boolean {
  return /^[a-z0-9_-]{1,60}$/.test(written);
}
