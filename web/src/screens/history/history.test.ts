import { expect, test } from 'vitest';
import { byDay, dayOf, type Operation, standingSince } from './days';

function operation(id: string, at: string, more: Partial<Operation> = {}): Operation {
  return { id, kind: 'tags', at, summary: '', by: null, count: 1, undone_at: null, undoes: null, undoable: true, ...more };
}

test('operations stand by their days, the newest first', () => {
  const all = ['2020-05-03T12:00:00.000Z', '2020-05-03T11:00:00.000Z', '2020-05-01T12:00:00.000Z'].map((at, index) => operation(String(index), at));
  expect(byDay(all).map(({ operations }) => operations.length)).toEqual([2, 1]);
  expect(dayOf('2020-05-03T12:00:00.000Z')).toBe('2020-05-03');
});

test('since then is what stands, without what was done and undone since', () => {
  const all = [
    operation('d', '2020-05-04T00:00:00.000Z', { undoes: 'b' }),
    operation('c', '2020-05-03T00:00:00.000Z'),
    operation('b', '2020-05-02T00:00:00.000Z', { undone_at: '2020-05-04T00:00:00.000Z' }),
    operation('a', '2020-05-01T00:00:00.000Z'),
  ];
  expect(standingSince(all, all[2]!).map(({ id }) => id)).toEqual(['c']);
  expect(standingSince(all, all[1]!).map(({ id }) => id)).toEqual(['d', 'c']);
});
