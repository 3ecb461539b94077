/** Words in the language of who looks: each part of the application has its own, in all languages, next to where they are used. */
import { computed, type ComputedRef, ref } from 'vue';
import { setFrench } from './typography';

export const LANGUAGES = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'archypix.language';

const spoken = ref<Language>(first());
document.documentElement.lang = spoken.value;

/** The language that is spoken now. */
export const language = computed(() => spoken.value);

/** The spoken language as it is written where this browser is at home: `en-GB` has its days before its months. */
export const locale = computed(() => navigator.languages.find((one) => one.slice(0, 2).toLowerCase() === spoken.value) ?? spoken.value);

/** Speak another language from now on; kept in this browser. */
export function speak(chosen: Language): void {
  spoken.value = chosen;
  document.documentElement.lang = chosen;
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // A browser that keeps nothing asks anew each time.
  }
}

/** Whatever words are of: texts, and functions that make texts. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Words = { readonly [name: string]: string | ((...values: any[]) => string) | Words };

/** Texts may differ between languages, their names and what functions take may not. */
type Like<W> = { readonly [N in keyof W]: W[N] extends string ? string : W[N] extends (...values: infer V) => string ? (...values: V) => string : Like<W[N]> };

/** The words of one part, in the language that is spoken: `const words = defineWords({ en: {…}, fr: {…} })`, then `words.value.title`. */
export function defineWords<W extends Words>(all: { readonly en: W } & { readonly [L in Exclude<Language, 'en'>]: Like<W> }): ComputedRef<Like<W>> {
  return computed(() => (spoken.value === 'fr' ? dressed(all.fr, setFrench) : all.en) as Like<W>);
}

/** The same words, each text as `set` sets it: those that functions make as well. */
function dressed(words: Words, set: (text: string) => string): Words {
  const one = (word: Words[string]): Words[string] => {
    if (typeof word === 'string') return set(word);
    return typeof word === 'function' ? (...values) => set(word(...values)) : dressed(word, set);
  };
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, one(word)]));
}

const rules = computed(() => new Intl.PluralRules(spoken.value));

/** The form of a word for a number: `plural(n, 'picture', 'pictures')`. In French none and one are alike, in English they are not. */
export function plural(count: number, one: string, many: string): string {
  return rules.value.select(count) === 'one' ? one : many;
}

function first(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // See `speak`.
  }
  for (const wish of [kept, ...navigator.languages]) {
    const found = wish?.slice(0, 2).toLowerCase();
    if (found && found in LANGUAGES) return found as Language;
  }
  return 'en';
}
