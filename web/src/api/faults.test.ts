/** What the server refuses, in the language of who reads. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
// Before there is a document that can do next to nothing.
import 'vue';

type Faults = typeof import('./faults');
type Words = typeof import('../ui/words');
let faults: Faults;
let words: Words;

beforeEach(async () => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  [faults, words] = await Promise.all([import('./faults'), import('../ui/words')]);
});
// Other tests may run in the same process.
afterEach(() => {
  words.speak('en');
  vi.unstubAllGlobals();
});

it('leaves English as the server says it, but for what is meant for programs', () => {
  words.speak('en');
  expect(faults.refusal('name_taken', 'The name ann is taken.')).toBe('The name ann is taken.');
  expect(faults.refusal('precondition_failed', 'The picture is at revision 4 by now.')).toBe('It was changed elsewhere meanwhile.');
  expect(faults.sentence('At character 3: what?')).toBe('At character 3: what?');
});

it('tells in French what is known by its sentence, else by its code, else as it came', () => {
  words.speak('fr');
  expect(faults.refusal('invalid', 'A password has at least 8 characters.')).toBe('Un mot de passe compte au moins 8 caractères.');
  expect(faults.refusal('tag_exists', 'There is a tag `<img>` there already.')).toBe('Il y a déjà là une étiquette «\u00a0<img>\u00a0».');
  expect(faults.refusal('in_trash', 'Something that nobody foresaw.')).toBe('Cette photo est dans la corbeille\u00a0: restaurez-la d’abord.');
  expect(faults.refusal('quite_new', 'Something that nobody foresaw.')).toBe('Something that nobody foresaw.');
  expect(faults.sentence('The path has 20 segments; 16 are the most.')).toBe('Le chemin a 20 niveaux\u202f; 16 sont le maximum.');
  expect(faults.sentence('Tags that it names are gone: /A, /B.')).toBe('Des étiquettes qu’elle nomme n’existent plus\u00a0: /A, /B.');
  expect(faults.sentence('At character 3: these quotes are not closed.')).toBe('Au caractère 3\u00a0: Ces guillemets ne sont pas fermés.');
});
