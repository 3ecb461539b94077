/** How texts are set: French has spaces before its high punctuation and inside its quotes, at which no line may break. */

const NARROW = '\u202f';
const FIRM = '\u00a0';

/** A French text as it is shown; in its source all spaces are plain. */
export function setFrench(text: string): string {
  return text
    .replace(/ (?=[;!?])/g, NARROW)
    .replace(/ (?=[:»%](?![\w/]))|(?<=«) /g, FIRM)
    .replace(/(?<=\d) (?=\d{3}(?!\d))/g, NARROW);
}
