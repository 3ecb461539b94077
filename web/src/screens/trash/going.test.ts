import { expect, test } from 'vitest';
import { daysFrom, goesAt, isDue } from './going';

test('a picture goes so many days after it was deleted', () => {
  expect(goesAt('2020-02-28T10:00:00Z', 30)).toBe('2020-03-29T10:00:00.000Z');
  expect(isDue('2020-02-28T10:00:00Z', 30, Date.parse('2020-03-29T09:59:59Z'))).toBe(false);
  expect(isDue('2020-02-28T10:00:00Z', 0, Date.parse('2020-02-28T10:00:00Z'))).toBe(true);
});

test('days are whole numbers, or the server’s', () => {
  expect([' 30 ', '', '0', '3650', '3651', '-1', '1.5', 'ten'].map(daysFrom)).toEqual([30, null, 0, 3650, undefined, undefined, undefined, undefined]);
});
