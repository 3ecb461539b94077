import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matching, plain } from './matching';
import { addressOf, faultOf, isWithin, nameOf, parentOf, segments, tidied } from './paths';

const item = (path: string, total = 0) => ({ path, total });

test('paths are taken however they are written', () => {
  expect(tidied('Photos / Travel')).toBe('/Photos/Travel');
  expect(tidied('//Photos/')).toBe('/Photos');
  expect(tidied(' / ')).toBe('');
  expect(tidied('e\u0301te\u0301')).toBe('/été');
});

test('tidying twice is tidying once', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(tidied(tidied(text))).toBe(tidied(text));
    }),
  );
});

test('what the server would refuse is told here', () => {
  expect(faultOf('')).toBe('empty');
  expect(faultOf(`/${'a'.repeat(101)}`)).toBe('long');
  expect(faultOf('/a'.repeat(17))).toBe('deep');
  expect(faultOf('/sharedTOme/x')).toBe('reserved');
  expect(faultOf('/a\u0000')).toBe('control');
  expect(faultOf('/SharedToMeToo')).toBeNull();
});

test('parts of paths', () => {
  expect(nameOf('/Photos/Travel')).toBe('Travel');
  expect(parentOf('/Photos/Travel')).toBe('/Photos');
  expect(parentOf('/Photos')).toBeNull();
  expect(segments('/a/b')).toEqual(['a', 'b']);
  expect(isWithin('/photos/x', '/Photos')).toBe(true);
  expect(isWithin('/PhotosToo', '/Photos')).toBe(false);
  expect(addressOf('/A B/50%?')).toBe('/tags/A%20B/50%25%3F');
});

test('who writes a few letters means what begins so, and of those the larger', () => {
  const items = [item('/Photos/Alpaca', 1), item('/Photos/Alps', 90), item('/Maps/Old alps', 5), item('/Alphabet/Letters', 1000), item('/Walpurgis', 9)];
  expect(matching(items, 'alp', 9).map(({ path }) => path)).toEqual(['/Photos/Alps', '/Photos/Alpaca', '/Maps/Old alps', '/Walpurgis', '/Alphabet/Letters']);
  expect(matching(items, 'photos alp', 1).map(({ path }) => path)).toEqual(['/Photos/Alps']);
  expect(matching(items, '', 2).map(({ path }) => path)).toEqual(['/Alphabet/Letters', '/Photos/Alps']);
  expect(plain('Été')).toBe('ete');
});

test('whatever is typed, nothing breaks', () => {
  fc.assert(
    fc.property(fc.string(), (typed) => {
      expect(matching([item('/a/b(c)[d]'), item('/\\')], typed, 5).length).toBeLessThanOrEqual(2);
    }),
  );
});
