/** What rights mean in words, and when a share is over. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clauses, dayOf, endOfDay, lost, type Rights, rightsOf, USUAL } from './rights';

const WORDS = { files: 'files', previews: 'previews', future: 'future', fixed: 'fixed', reshare: (depth: number) => `reshare ${depth}`, copy: 'copy', metadata: 'metadata', back: 'back' };
const rights = fc.record({ originals: fc.boolean(), future: fc.boolean(), reshare_depth: fc.nat(16), share_back: fc.boolean(), copy: fc.boolean(), metadata_edit: fc.boolean() });

describe('rights', () => {
  it('are said one by one', () => {
    expect(clauses(USUAL, WORDS).map(({ text }) => text)).toEqual(['files', 'future', 'reshare 0']);
    expect(clauses({ ...USUAL, originals: false, copy: true, reshare_depth: 2 }, WORDS).map(({ text, isGiven }) => `${isGiven ? '+' : '-'} ${text}`)).toEqual(['- previews', '+ future', '+ reshare 2', '+ copy']);
  });

  it('are lost only where there were some', () => {
    fc.assert(
      fc.property(rights, rights, (now, next) => {
        const gone = lost(now, next);
        expect(gone.every((one) => Number(next[one]) < Number(now[one]))).toBe(true);
        const restored: Rights = { ...next, ...Object.fromEntries(gone.map((one) => [one, now[one]])) };
        expect(lost(now, restored)).toEqual([]);
      }),
    );
    expect(lost(USUAL, rightsOf(USUAL))).toEqual([]);
  });
});

describe('ends', () => {
  it('are the last second of a day where somebody is', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }), (date) => {
        const day = dayOf(date.toISOString());
        const end = endOfDay(day)!;
        expect(dayOf(end)).toBe(day);
        expect(Date.parse(end)).toBeGreaterThanOrEqual(date.getTime() - 1000);
      }),
    );
    expect(endOfDay('')).toBeNull();
    expect(endOfDay('soon')).toBeNull();
    expect(dayOf(null)).toBe('');
  });
});
