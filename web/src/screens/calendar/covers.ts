/** Pictures that stand for stretches of time: the best rated ones where there are some. */
import { client } from '../../api/client';

export interface Shown {
  readonly id: string;
  readonly address: string;
}

/** Some pictures of a month or day (`2020-05`, `2020-05-03`), at most `most`; those that nothing can be shown of are left out. */
export async function shownOf(key: string, most: number, size: 'small' | 'medium', signal: AbortSignal): Promise<Shown[]> {
  const asked = (q: string) => client.get('/pictures', { query: { q, limit: most }, signal });
  const rated = await asked(`timeline:${key} rating:4..`);
  const items = rated.items.length >= most ? rated.items : [...rated.items, ...(await asked(`timeline:${key}`)).items];
  const found = new Map(items.flatMap(({ id, thumbnails }) => (thumbnails[size] ? [[id, thumbnails[size]] as const] : [])));
  return [...found].slice(0, most).map(([id, address]) => ({ id, address }));
}
