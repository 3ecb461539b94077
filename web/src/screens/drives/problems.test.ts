/** What is wrong with a drive, as it is told. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
// Before there is a document that can do next to nothing.
import 'vue';

let problems: typeof import('./problems');
let words: typeof import('../../ui/words');

beforeEach(async () => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  [problems, words] = await Promise.all([import('./problems'), import('../../ui/words')]);
});
// Other tests may run in the same process.
afterEach(() => {
  words.speak('en');
  vi.unstubAllGlobals();
});

const CONFIG = {
  nodes: [
    { id: 'a', type: 'mirror', root: '/Old' },
    { id: 'b', type: 'static', name: 'More', children: [{ id: 'c', type: 'drop', name: 'Inbox', tags: ['/In', '/New'] }] },
  ],
};
const FOUND = [
  { node: 'a', path: 'nodes[0]', detail: 'It shows nothing: this tag is gone: /Old.' },
  { node: 'c', path: 'nodes[1].children[0]', detail: 'Nothing can be put there: these tags are gone: /In, /New.' },
  { node: 'z', path: '', detail: 'Something new.' },
];

it('names the folder, wherever it stands', () => {
  words.speak('en');
  expect(problems.problemTexts(CONFIG, FOUND)).toEqual([
    'The folder “Old” shows nothing: the tag /Old is gone.',
    'Nothing can be put into the folder “Inbox”: the tags /In, /New are gone.',
    'Something new.',
  ]);
  words.speak('fr');
  expect(problems.problemTexts(CONFIG, FOUND)).toEqual([
    'Le dossier «\u00a0Old\u00a0» ne montre rien\u00a0: l’étiquette /Old n’existe plus.',
    'On ne peut rien mettre dans le dossier «\u00a0Inbox\u00a0»\u00a0: les étiquettes /In, /New n’existent plus.',
    'Something new.',
  ]);
});

it('leaves the name away beside the folder, and what it does not know as it is', () => {
  words.speak('fr');
  expect(problems.problemText(FOUND[0]!.detail)).toBe('Ce dossier ne montre rien\u00a0: l’étiquette /Old n’existe plus.');
  expect(problems.problemText('Something new.', 'Inbox')).toBe('Inbox\u00a0: Something new.');
});
