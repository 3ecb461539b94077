import { expect, test } from 'vitest';
import { detailsText } from './log';

test('details are read as they are meant', () => {
  expect(detailsText({})).toBe('');
  expect(detailsText({ uses: 1, name: 'Ours', none: null })).toBe('uses: 1, name: Ours, none: null');
  expect(detailsText({ long: 'x'.repeat(1000) })).toHaveLength(201);
});
