import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotaOf, quotaText } from './quota';

test('what is shown means what it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (kilobytes) => {
      expect(quotaOf(quotaText(kilobytes * 1000))).toBe(kilobytes * 1000);
    }),
  );
  expect(quotaOf(quotaText(null))).toBeNull();
});

test('commas are points in some languages, and words are no numbers', () => {
  expect(quotaOf(' 1,5 ')).toBe(1.5e9);
  expect(quotaOf('')).toBeNull();
  for (const wrong of ['-1', 'much', '1e9', '1.2.3', '99999999999']) expect(quotaOf(wrong)).toBeUndefined();
});
