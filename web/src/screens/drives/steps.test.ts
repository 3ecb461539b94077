/** Steps of instructions, and whose they are. */
import { expect, test } from 'vitest';
import { likely, pieces } from './steps';

test('a step is taken apart into what is said, typed and clicked on', () => {
  expect(pieces('Choose *Go* and type `a*b` now')).toEqual([
    { text: 'Choose ', kind: 'plain' },
    { text: 'Go', kind: 'strong' },
    { text: ' and type ', kind: 'plain' },
    { text: 'a*b', kind: 'code' },
    { text: ' now', kind: 'plain' },
  ]);
});

test('the likely system is known by the browser', () => {
  expect(likely('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)')).toBe('ios');
  expect(likely('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)')).toBe('finder');
  expect(likely('Mozilla/5.0 (Windows NT 10.0; Win64; x64)')).toBe('explorer');
  expect(likely('Mozilla/5.0 (X11; Linux x86_64)')).toBe('gnome');
});
