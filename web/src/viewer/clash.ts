/** Whether two people wrote the same at once. */

/** Whether one of `fields` is other in `theirs` than in `base`, and not what is wanted anyway. */
export function clashes(base: object, theirs: object, fields: object): boolean {
  const before = new Map<string, unknown>(Object.entries(base));
  const now = new Map<string, unknown>(Object.entries(theirs));
  return Object.entries(fields).some(([name, mine]) => now.get(name) !== before.get(name) && now.get(name) !== mine);
}
