import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { completed, indexOf, isPlain, joined, mended, pieces, queryFault, readFault, turned, without, written } from './reading';

const shown = (text: string) => pieces(text).map(({ kind, negated, name, operator, value }) => [kind, negated, name, operator, value]);

describe('pieces', () => {
  it('are words, conditions, groups and operators', () => {
    expect(shown('lake -tag:/Alps iso:>=800 (a or "b c") or camera:="Canon EOS"')).toEqual([
      ['word', false, '', '', 'lake'],
      ['condition', true, 'tag', '', '/Alps'],
      ['condition', false, 'iso', '>=', '800'],
      ['group', false, '', '', 'a or "b c"'],
      ['operator', false, '', '', 'or'],
      ['condition', false, 'camera', '=', 'Canon EOS'],
    ]);
  });

  it('go on to the end where nothing closes them', () => {
    expect(shown('"lake como')).toEqual([['word', false, '', '', 'lake como']]);
    expect(shown('(a "b)')).toEqual([['group', false, '', '', 'a "b)']]);
    expect(shown('tag:')).toEqual([['condition', false, 'tag', '', '']]);
  });

  it('of any text follow each other and end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:()"\\- =~<>'), maxLength: 40 }), (text) => {
        let end = 0;
        for (const { from, to } of pieces(text)) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('changes', () => {
  it('take one piece away, or turn it round', () => {
    const text = 'lake  tag:/Alps year:2020';
    const tag = pieces(text)[1]!;
    expect(without(text, tag)).toBe('lake year:2020');
    expect(turned(text, tag)).toBe('lake  -tag:/Alps year:2020');
    expect(turned('-(a b) c', pieces('-(a b) c')[0]!)).toBe('(a b) c');
  });

  it('join so that both conditions are meant', () => {
    expect(joined('', 'year:2020')).toBe('year:2020');
    expect(joined('lake', 'year:2020')).toBe('lake year:2020');
    expect(joined('lake or sea', 'year:2020')).toBe('(lake or sea) year:2020');
    expect(isPlain(pieces('a (b or c)'))).toBe(true);
  });

  it('complete the word at the cursor', () => {
    expect(completed('cam', 3, 'camera:')).toEqual({ text: 'camera:', cursor: 7 });
    expect(completed('ca lake', 2, 'camera:')).toEqual({ text: 'camera: lake', cursor: 7 });
    expect(completed('tag:Alxx lake', 6, 'tag:/Alps ')).toEqual({ text: 'tag:/Alps lake', cursor: 10 });
  });

  it('write values as they can be read', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (value) => {
        const [piece, ...more] = pieces(`tag:${written(value)}`);
        expect([piece?.value, more]).toEqual([value, []]);
      }),
    );
  });
});

describe('faults', () => {
  it('are mended where the server knows how, in any language', () => {
    const english = readFault('At character 6: there is no condition `isoo:`; did you mean `iso:`?');
    const french = readFault('Au caractère 6 : la condition « isoo: » n’existe pas ; vouliez-vous dire « iso: » ?');
    for (const fault of [english, french]) {
      expect(mended('roma isoo:>=800', fault)).toBe('roma iso:>=800');
      expect(mended('roma iso:>=800', fault)).toBeNull();
    }
    expect(mended('a b:', readFault('At character 3: there is no condition `b:`; to look for it as text, put it in quotes.'))).toBeNull();
    expect(mended('a', readFault('No path.'))).toBeNull();
  });

  it('stand at a character', () => {
    expect(readFault('At character 3: a term is expected.')).toEqual({ at: 2, text: 'A term is expected.' });
    expect(readFault('No path.')).toEqual({ at: null, text: 'No path.' });
    expect(queryFault(new Problem(422, 'bad_query', 'No', [{ path: 'q', detail: 'At character 1: what?' }]))).toEqual({ at: 0, text: 'What?' });
    expect(queryFault(new Problem(422, 'too_slow', 'No'))).toBeNull();
    expect(queryFault(null)).toBeNull();
    expect(indexOf('🏔 iso:', 2)).toBe(3);
  });
});
