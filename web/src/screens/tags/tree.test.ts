import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameOf, parentOf } from '../../tags/paths';
import { found, nudged, reordered, rowsOf, stepOf, typedTo, whereIn } from './tree';

const PATHS = ['/Été', '/Family', '/Family/Anna', '/Family/Bert', '/Photos', '/Photos/Travel', '/Photos/Travel/Alps', '/Photos/Travel/Como', '/Photos/Work'];
const ITEMS = PATHS.map((path, index) => ({ id: index + 1, path, name: nameOf(path), parent: parentOf(path) }));
const ids = new Map(ITEMS.map((item) => [item.path, item.id]));
const opened = (...paths: string[]) => new Set(paths.map((path) => ids.get(path)!));
const names = (rows: readonly { item: { name: string } }[]) => rows.map(({ item }) => item.name);

test('only what is open shows what lies below', () => {
  expect(names(rowsOf(ITEMS, new Set()))).toEqual(['Été', 'Family', 'Photos']);
  const rows = rowsOf(ITEMS, opened('/Photos'));
  expect(names(rows)).toEqual(['Été', 'Family', 'Photos', 'Travel', 'Work']);
  expect(rows[3]).toMatchObject({ level: 2, isParent: true, isOpen: false, at: 1, of: 2 });
  expect(rows[4]).toMatchObject({ level: 2, isParent: false, at: 2, of: 2 });
});

test('what is open below something closed is not seen', () => {
  expect(names(rowsOf(ITEMS, opened('/Photos/Travel')))).toEqual(['Été', 'Family', 'Photos']);
});

test('a name that begins like another is no child of it', () => {
  const items = ['/A', '/A/x', '/AB'].map((path, index) => ({ id: index, path, name: nameOf(path), parent: parentOf(path) }));
  expect(names(rowsOf(items, new Set()))).toEqual(['A', 'AB']);
});

test('typing shows what fits, and the way to it', () => {
  expect(names(rowsOf(ITEMS, new Set(), found(ITEMS, 'alp')))).toEqual(['Photos', 'Travel', 'Alps']);
  expect(names(rowsOf(ITEMS, new Set(), found(ITEMS, 'photos tra')))).toEqual(['Photos', 'Travel']);
  expect(names(rowsOf(ITEMS, new Set(), found(ITEMS, 'ete')))).toEqual(['Été']);
  expect(found(ITEMS, '  ')).toBeNull();
});

test('keys walk as in every tree', () => {
  const rows = rowsOf(ITEMS, opened('/Photos', '/Photos/Travel'));
  const at = (name: string) => names(rows).indexOf(name);
  expect(stepOf('ArrowDown', rows, at('Photos'), 5)).toEqual({ to: at('Travel') });
  expect(stepOf('ArrowRight', rows, at('Photos'), 5)).toEqual({ to: at('Travel') });
  expect(stepOf('ArrowRight', rows, at('Family'), 5)).toEqual({ open: true });
  expect(stepOf('ArrowRight', rows, at('Alps'), 5)).toBeNull();
  expect(stepOf('ArrowLeft', rows, at('Travel'), 5)).toEqual({ open: false });
  expect(stepOf('ArrowLeft', rows, at('Como'), 5)).toEqual({ to: at('Travel') });
  expect(stepOf('ArrowLeft', rows, at('Family'), 5)).toBeNull();
  expect(stepOf('End', rows, 0, 5)).toEqual({ to: rows.length - 1 });
  expect(stepOf('ArrowDown', [], -1, 5)).toBeNull();
  expect(stepOf('ArrowDown', rows, -1, 5)).toEqual({ to: 0 });
});

test('a step never leaves the rows', () => {
  const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'ArrowLeft', 'ArrowRight', 'x');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ITEMS.map(({ id }) => id))), keys, fc.nat(20), (open, key, from) => {
      const rows = rowsOf(ITEMS, new Set(open));
      const step = stepOf(key, rows, from % rows.length, 4);
      if (step && 'to' in step) expect(rows[step.to]).toBeDefined();
    }),
  );
});

test('letters lead to the next name that begins so, round the end', () => {
  const rows = rowsOf(ITEMS, opened('/Family', '/Photos'));
  const at = (name: string) => names(rows).indexOf(name);
  expect(typedTo(rows, 0, 'w')).toBe(at('Work'));
  expect(typedTo(rows, at('Family'), 'f')).toBe(at('Family'));
  expect(typedTo(rows, at('Work'), 'e')).toBe(at('Été'));
  expect(typedTo(rows, 0, 'pho')).toBe(at('Photos'));
  expect(typedTo(rows, 0, 'zzz')).toBeNull();
});

test('a drag puts a tag between others, or into one', () => {
  expect([whereIn(2, 40), whereIn(20, 40), whereIn(39, 40)]).toEqual(['before', 'into', 'after']);
  expect(reordered(['a', 'b', 'c'], 'c', 'a', 'before')).toEqual(['c', 'a', 'b']);
  expect(reordered(['a', 'b', 'c'], 'a', 'b', 'after')).toEqual(['b', 'a', 'c']);
  expect(reordered(['a', 'b'], 'new', 'a', 'after')).toEqual(['a', 'new', 'b']);
  expect(nudged(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c']);
  expect(nudged(['a', 'b', 'c'], 'c', 1)).toBeNull();
});

test('ordering anew loses nobody and invents nobody', () => {
  const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2 });
  fc.assert(
    fc.property(some, fc.nat(), fc.nat(), fc.constantFrom('before' as const, 'after' as const), (all, one, other, where) => {
      const [moved, target] = [all[one % all.length]!, all[other % all.length]!];
      expect([...reordered(all, moved, target, where)].sort()).toEqual([...all].sort());
    }),
  );
});
