/** What of a handle is known before anybody is asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handleOf, hostOf, hue, initials, isAskable, parts } from './handles';

describe('handles', () => {
  it('are read however they are written', () => {
    for (const written of ['@bob@b.test', 'bob@b.test', '@bob:b.test', ' acct:bob@B.test ']) expect(parts(written)).toEqual({ name: 'bob', host: 'b.test' });
    expect(parts('@bob')).toEqual({ name: 'bob', host: '' });
    for (const nothing of ['', '@', '@@', 'a b', '@a@b@c', '/etc']) expect(parts(nothing)).toBeNull();
  });

  it('are asked for once they may be whole', () => {
    for (const whole of ['@bob@b.test', 'bob', 'bob@localhost:8000', '@bob:b.test', 'https://b.test/users/bob', 'bob@b.test:8443']) expect(isAskable(whole)).toBe(true);
    for (const not of ['', '@', 'b', '@bob@', '@bob@b', '@bob@b.', '@bob@b.t', 'https://b.test', 'bob@1.2']) expect(isAskable(not)).toBe(false);
  });

  it('never fail, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, handle) => {
        isAskable(handle);
        hostOf(handle);
        expect(hue(handle)).toBeGreaterThanOrEqual(0);
        expect(hue(handle)).toBeLessThan(360);
        expect(initials(name, handle).length).toBeLessThanOrEqual(8);
      }),
    );
  });

  it('have letters that stand for somebody', () => {
    expect(initials('Ada Lovelace', '@ada@x')).toBe('AL');
    expect(initials('', '@bob@b.test')).toBe('BT');
    expect(initials('', '@bob')).toBe('B');
  });

  it('are made of ids that tell them', () => {
    expect(handleOf('https://c.test/users/carol')).toBe('@carol@c.test');
    expect(handleOf('https://c.test/@carol')).toBe('@carol@c.test');
    expect(handleOf('rita@m.test')).toBe('@rita@m.test');
    for (const other of ['@rita@m.test', 'https://c.test/ap/123', 'carol', '']) expect(handleOf(other)).toBe(other);
  });
});
