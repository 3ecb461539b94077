/** What people take for passwords is said to be what it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strength } from './strength';

describe('strength', () => {
  test.each([
    ['short', 0],
    ['password', 1],
    ['password1', 1],
    ['Passw0rd', 1],
    ['12345678', 1],
    ['aaaaaaaaaaaa', 1],
    ['azertyuiop', 1],
    ['admin2024', 1],
    ['correct horse battery', 4],
    ['le chat dort sur le piano', 4],
    ['k7#pQ2!x', 2],
  ])('%s is %i', (password, wanted) => {
    expect(strength(password)).toBe(wanted);
  });

  test('a name is no password', () => {
    expect(strength('margarete', ['margarete'])).toBe(0);
    expect(strength('margarete1', ['margarete'])).toBe(1);
  });

  test('any text has a strength, and only those of a good length have one above none', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (password) => {
        const found = strength(password);
        expect(found === 0).toBe([...password.normalize('NFC')].length < 8);
      }),
    );
  });
});
