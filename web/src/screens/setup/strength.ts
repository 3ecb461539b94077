/** How hard a password is to guess: an honest estimate without a dictionary, from what guessers try first. */

export const LEAST = 8;
export const MOST = 1000;

/** 0: not taken; 1: weak; 2: fair; 3: good; 4: strong. */
export type Strength = 0 | 1 | 2 | 3 | 4;

/** What everybody tries first; parts of passwords as well. */
const COMMON = [
  'password', 'passwort', 'motdepasse', 'azerty', 'qwerty', 'qwertz', 'letmein', 'welcome', 'bienvenue', 'iloveyou', 'jetaime', 'admin', 'archypix',
  'photo', 'photos', 'secret', 'dragon', 'monkey', 'football', 'soleil', 'doudou', 'loulou', 'sunshine', 'princess', 'master',
];
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'];

/** Bits that a guesser would need, roughly. */
export function bits(password: string, own: readonly string[] = []): number {
  let rest = password.normalize('NFC').toLowerCase();
  let sum = 0;
  for (const word of [...own.map((one) => one.toLowerCase()).filter((one) => one.length > 2), ...COMMON]) {
    while (rest.includes(word)) {
      // A known word is one choice among some hundreds, however long it is.
      rest = rest.replace(word, '\n');
      sum += 7;
    }
  }
  sum += free(rest);
  // A capital letter or two somewhere are worth little, many are worth more.
  const capitals = [...password].filter((char) => char !== char.toLowerCase()).length;
  return sum + Math.min(capitals, 4) * 1.5;
}

/** Letters that stand for themselves: those that follow from the one before are worth a bit. */
function free(text: string): number {
  const chars = [...text].filter((char) => char !== '\n');
  const each = Math.log2(Math.max(pool(chars), 2));
  let sum = 0;
  chars.forEach((char, index) => {
    const before = chars[index - 1];
    const follows = before !== undefined && (before === char || ROWS.some((row) => row.includes(before + char) || row.includes(char + before)));
    // Of a repetition not even the first letters count fully.
    const repeats = index >= 3 && chars.slice(0, index).join('').includes(chars.slice(index - 2, index + 1).join(''));
    sum += follows || repeats ? 1 : each;
  });
  return sum;
}

function pool(chars: readonly string[]): number {
  let size = 0;
  if (chars.some((char) => /[a-z]/.test(char))) size += 26;
  if (chars.some((char) => /[0-9]/.test(char))) size += 10;
  if (chars.some((char) => /[\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/.test(char))) size += 20;
  if (chars.some((char) => char > '\x7f')) size += 60;
  return size;
}

export function strength(password: string, own: readonly string[] = []): Strength {
  const length = [...password.normalize('NFC')].length;
  const isOwn = own.some((one) => one !== '' && one.toLowerCase() === password.trim().toLowerCase());
  if (length < LEAST || length > MOST || isOwn) return 0;
  const found = bits(password, own);
  return found < 35 ? 1 : found < 50 ? 2 : found < 70 ? 3 : 4;
}
