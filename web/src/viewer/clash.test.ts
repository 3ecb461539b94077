/** Whether two people wrote the same at once. */
import { expect, it } from 'vitest';
import { clashes } from './clash';

it('is no clash where others wrote elsewhere, or the same', () => {
  const base = { title: 'Sea', rating: 3, revision: 1 };
  expect(clashes(base, { ...base, rating: 5, revision: 2 }, { title: 'Ocean' })).toBe(false);
  expect(clashes(base, { ...base, title: 'Ocean', revision: 2 }, { title: 'Ocean' })).toBe(false);
  expect(clashes(base, { ...base, title: 'Lake', revision: 2 }, { title: 'Ocean' })).toBe(true);
  expect(clashes(base, { ...base, title: null, revision: 2 }, { title: 'Ocean', rating: 3 })).toBe(true);
});
