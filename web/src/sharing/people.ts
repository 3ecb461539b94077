/** People with whom something was shared, or who shared something: those whose handles are likely to be typed again. */
import { client } from '../api/client';

/** The handles of a page's worth of them, the latest first, each once. */
export async function acquaintances(): Promise<string[]> {
  const [mine, others] = await Promise.all([
    client.get('/shares', { query: { ended: true, limit: 50 } }),
    client.get('/shares/incoming', { query: { limit: 50 } }),
  ]);
  return [...new Set([...mine.items.map((share) => share.recipient), ...others.items.map((share) => share.sender)])];
}
