/** What a browser says of itself, in the two words that people know it by. */

const BROWSERS = [
  ['Firefox', /Firefox\//],
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Chrome', /(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /Safari\//],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
] as const;

/** `Firefox, Linux`; what is known of neither is shown as it came, cut short. */
export function agentName(said: string): string {
  const parts = [BROWSERS, SYSTEMS].map((all) => all.find(([, pattern]) => pattern.test(said))?.[0]).filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(', ') : said.slice(0, 60);
}
