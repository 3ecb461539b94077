/** Which files of a folder come in, and which tags their folders make. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMedia, picked, sorted, tagOf } from './folders';

function file(path: string, size = 1): { file: File; path: string } {
  return { file: new File(['x'.repeat(size)], path.split('/').at(-1)!), path };
}

describe('tags of folders', () => {
  test.each([
    ['Holiday/Alps 2018/a.jpg', '', '/Holiday/Alps 2018'],
    ['Holiday/a.jpg', '/From Ann', '/From Ann/Holiday'],
    ['a.jpg', '/Only/This', '/Only/This'],
    ['a.jpg', '', null],
    [' spaced /a.jpg', '', '/spaced'],
    ['e\u0301te\u0301/a.jpg', '', '/\u00e9t\u00e9'],
    ['tab\there/a.jpg', '', '/tabhere'],
    ['SharedToMe/a.jpg', '', '/SharedToMe (2)'],
  ])('%j below %j is %j', (path, base, wanted) => {
    expect(tagOf(path, base)).toBe(wanted);
  });

  test('whatever folders are called, the server takes the tag', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 150, unit: 'grapheme' }), { maxLength: 30 }), (names) => {
        const tag = tagOf([...names.map((name) => name.replaceAll('/', '')), 'a.jpg'].join('/'));
        if (tag === null) return;
        const segments = tag.slice(1).split('/');
        expect(segments.length).toBeLessThanOrEqual(16);
        for (const segment of segments) {
          expect([...segment].length).toBeLessThanOrEqual(104);
          expect(segment.trim()).toBe(segment);
          expect(segment).not.toBe('');
        }
      }),
    );
  });
});

describe('what comes in', () => {
  test('of folders only pictures and videos, of single files all', () => {
    const walked = sorted([file('A/one.JPG'), file('A/B/two.mp4'), file('A/notes.txt'), file('A/Thumbs.db'), file('A/.hidden.jpg'), file('A/@eaDir/x.jpg'), file('letter.pdf')]);
    expect(walked.found.map(({ path }) => path)).toEqual(['A/one.JPG', 'A/B/two.mp4', 'letter.pdf']);
    expect(walked.others.map(({ path }) => path)).toEqual(['A/notes.txt']);
    expect(walked.folders).toBe(2);
    expect(walked.bytes).toBe(3);
  });

  test('files without a folder keep their own names', () => {
    expect(picked([new File(['x'], 'one.jpg')]).found.map(({ path }) => path)).toEqual(['one.jpg']);
  });

  test('a name without an ending is no picture', () => {
    expect([isMedia('jpg'), isMedia('.jpg'), isMedia('a.jpg'), isMedia('a.b.CR2')]).toEqual([false, false, true, true]);
  });
});
