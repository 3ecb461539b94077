/** Conditions keep their meaning from the server to the editor and back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changed, type Group, isComplete, type Json, numeric, read, write } from './conditions';
import { TEXT_OPERATORS } from './fields';

const text = fc.string({ minLength: 1, maxLength: 12 });
const number = fc.integer({ min: -1000, max: 100_000 });
const leaf: fc.Arbitrary<Json> = fc.oneof(
  text.map((name) => ({ tag: `/${name}` })),
  text.map((name) => ({ tag: `/${name}`, exact: true })),
  text.map((words) => ({ words, phrase: true })),
  fc.constantFrom<Json>({ untagged: true }, { always: true }, { never: true }, { field: 'gps', present: true }, { field: 'owned', equals: false }),
  fc.tuple(fc.constantFrom(...TEXT_OPERATORS), text).map(([operator, value]) => ({ field: 'lens', [operator]: value, ignore_case: true })),
  number.map((value) => ({ field: 'iso', min: value })),
  fc.tuple(number, number).map(([min, max]) => ({ field: 'exif.FNumber', min, max })),
  number.map((value) => ({ field: 'rating', equals: value })),
  fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 }).map((month) => ({ field: 'captured_at', month })),
  fc.constantFrom<Json>(
    { field: 'captured_at', season: ['winter'] },
    { field: 'ingested_at', date_range: { from: '2020-01-01', to: null } },
    { field: 'captured_at', year: [2018, 2020] },
  ),
  fc.tuple(number, number, number).map(([lat, lon, km]) => ({ gps_radius: { lat, lon, km } })),
);
const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { minLength: 1, maxLength: 4 }).map((and) => ({ and })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 4 }).map((or) => ({ or })),
    tie('tree').map((not) => ({ not })),
  ),
}));

describe('conditions', () => {
  test('what is read is written again', () => {
    fc.assert(
      fc.property(tree, (json) => {
        expect(write(read(json)!)).toEqual(json);
      }),
    );
  });

  test('each node is changed by itself', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 2, maxLength: 4 }), fc.nat(), (parts, seed) => {
        const condition = read({ or: parts }) as Group;
        const index = seed % parts.length;
        const after = changed(condition, condition.parts[index]!.id, () => read({ tag: '/New' }));
        expect(write(after!)).toEqual({ or: parts.map((part, at) => (at === index ? { tag: '/New' } : part)) });
      }),
    );
  });

  test('all that the server takes is complete, and what lacks a value is not', () => {
    fc.assert(
      fc.property(tree, (json) => {
        expect(isComplete(read(json)!)).toBe(!JSON.stringify(json).match(/"words":"\s*"|"(contains|equals|starts_with|ends_with|glob|regex)":"\s*"/));
      }),
    );
    for (const json of [{ tag: '' }, { field: 'lens', contains: '' }, { field: 'iso', min: '' }, { field: 'captured_at', month: [] }, { or: [] }]) {
      expect(isComplete(read(json)!)).toBe(false);
    }
  });

  test('several conditions of one node are all to be met', () => {
    const condition = read({ field: 'captured_at', year: 2020, month: 'aug' })!;
    expect(write(condition)).toEqual({ and: [{ field: 'captured_at', year: [2020] }, { field: 'captured_at', month: [8] }] });
  });

  test('what is taken out of a group leaves no empty group', () => {
    const condition = read({ and: [{ tag: '/A' }, { or: [{ tag: '/B' }] }] }) as Group;
    const { id } = (condition.parts[1] as Group).parts[0]!;
    expect(write(changed(condition, id, () => null)!)).toEqual({ and: [{ tag: '/A' }] });
  });

  test('what is no condition is none', () => {
    for (const json of [null, [], 'x', {}, { and: 5 }, { and: [{}] }, { field: 'nothing', equals: 1 }, { not: 3 }]) expect(read(json)).toBeNull();
  });

  test('numbers are taken as people type them', () => {
    expect(['1/200', '2,8', ' 800 ', 'many', '', '1/0'].map(numeric)).toEqual([0.005, 2.8, 800, 'many', '', '1/0']);
  });
});
