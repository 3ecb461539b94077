/** Names become short names that the server takes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSlug, slugOf } from './slugs';

it('short names are made of names', () => {
  expect(slugOf('Été à la mer!')).toBe('ete-a-la-mer');
  expect(slugOf('山')).toBe('');
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => slugOf(name) === '' || isSlug(slugOf(name))));
});
