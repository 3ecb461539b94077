/** Notices in words, also those that nobody has thought of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTICES, saidOf } from './notices';

const plain = (...values: unknown[]) => values.join('|');
const WORDS = { offered: plain, came: (...all: unknown[]) => `came ${plain(...all)}`, revoked: plain, expired: plain, acceptedBy: plain, declinedBy: plain, leftBy: plain, moved: plain, asks: plain, asksOf: plain, uploaded: plain, brake: plain, other: plain };

describe('notices', () => {
  it('say who, what and how much, and lead there', () => {
    const data = { id: 'x', sender: '@a@a.test', name: 'Alps', pictures: 3 };
    expect(saidOf({ kind: 'share.offered', data }, WORDS)).toEqual({ text: '@a@a.test|Alps|3', to: '/sharing?share=x', icon: 'share' });
    expect(saidOf({ kind: 'share.offered', data: { ...data, accepted: true } }, WORDS).text).toBe('came @a@a.test|Alps|3');
    expect(saidOf({ kind: 'share.accepted_by', data: { share: 'y', name: 'Alps', recipient: '@b@b.test' } }, WORDS).to).toBe('/sharing/mine?share=y');
    expect(saidOf({ kind: 'follow.requested', data: { handle: '@b@b.test', of: 'alice' } }, WORDS)).toEqual({ text: '@b@b.test', to: '/people/followers', icon: 'people' });
    expect(saidOf({ kind: 'follow.requested', data: { name: 'Bob', of: 'alice.travel' } }, WORDS).to).toBe('/people/followers?of=alice.travel');
    expect(saidOf({ kind: 'link.uploaded', data: { id: 'z', guest: 'Ann', pictures: 2 } }, WORDS).to).toBe('/sharing/links?link=z');
  });

  it('take anything, and lead nowhere else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...NOTICES), fc.string()), fc.dictionary(fc.string(), fc.anything()), (kind, data) => {
        expect(saidOf({ kind, data }, { ...WORDS, other: () => '' }).to).toMatch(/^\/(sharing|drives|people)/);
      }),
    );
  });
});
