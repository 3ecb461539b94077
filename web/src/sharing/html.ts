/** What others wrote comes as HTML; it is shown as text alone, so that nothing of it can do anything. */

const BREAKS = /<\s*(?:br\s*\/?|\/\s*(?:p|div|li|h[1-6]|blockquote))\s*>/gi;
const LONGEST = 20_000;

/** The text of some HTML, with its paragraphs; never interpreted, never part of the page. */
export function plainOf(html: string): string {
  const broken = html.slice(0, LONGEST).replace(BREAKS, '\n');
  const parsed = new DOMParser().parseFromString(broken, 'text/html');
  return (parsed.body.textContent ?? '').replace(/\n{3,}/g, '\n\n').trim();
}
