import { describe, expect, it } from 'vitest';
import { examples, wantedOf } from './wanted';

const id = (number: number) => `0190a6e0-0000-7000-8000-${String(number).padStart(12, '0')}`;
const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => id(from + index));

describe('what a device wanted', () => {
  it('is read from a notice, whatever is in it', () => {
    expect(wantedOf({ pictures: 6, held: `${id(1)} ${id(2)}`, done: '' })).toEqual({ count: 6, held: [id(1), id(2)], done: [] });
    expect(wantedOf({ pictures: '7', held: 'x ../../account' })).toEqual({ count: 7, held: [], done: [] });
    expect(wantedOf({})).toEqual({ count: 0, held: [], done: [] });
  });

  it('is shown in part, of both kinds', () => {
    expect(examples({ count: 16, held: many(8), done: many(8, 20) }, 8)).toEqual({ held: many(4), done: many(4, 20) });
    expect(examples({ count: 6, held: many(1), done: many(5, 20) }, 8)).toEqual({ held: many(1), done: many(5, 20) });
    expect(examples({ count: 9, held: many(8), done: [] }, 8)).toEqual({ held: many(8), done: [] });
  });
});
