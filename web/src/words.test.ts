/** Words of all parts: none is empty in one language alone, and no sentence was left in English. */
import { expect, test, vi } from 'vitest';
// Before there is a document that can do next to nothing.
import 'vue';

const found = import.meta.glob<Record<string, unknown>>(['./**/words.ts', './ui/common.ts'], { eager: false });

/** Texts by their paths; functions are left out, their forms are the compiler's business. */
function texts(words: unknown, path = ''): [string, string][] {
  if (typeof words === 'string') return [[path, words]];
  if (typeof words !== 'object' || words === null) return [];
  return Object.entries(words).flatMap(([name, value]) => texts(value, `${path}.${name}`));
}

test('no word is empty in one language alone, and no sentence is the same in both', async () => {
  vi.stubGlobal('document', { documentElement: { lang: '', dataset: {} }, addEventListener: () => {} });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('addEventListener', () => {});
  const { speak } = await import('./ui/words');
  for (const [file, load] of Object.entries(found)) {
    const { words } = (await load()) as { words?: { value: unknown } };
    if (words === undefined) continue;
    speak('en');
    const english = texts(words.value);
    speak('fr');
    const french = new Map(texts(words.value));
    expect(english.filter(([path, text]) => (text === '') !== (french.get(path) === '')), file).toEqual([]);
    const same = english.filter(([path, text]) => text.length > 25 && french.get(path) === text);
    expect(same, file).toEqual([]);
  }
  // Other tests may run in the same process.
  speak('en');
  vi.unstubAllGlobals();
});
