/** In what pictures differ. */
import { expect, it } from 'vitest';
import type { Schemas } from '../../api/routes';
import { differences, firstMarks } from './differences';

const written = { number: String, bytes: (value: number) => `${Math.round(value / 1000)} kB`, wall: (clock: string) => clock, moment: (at: string) => at };

function make(id: string, values: Partial<Schemas['PictureItem']>): Schemas['PictureItem'] {
  return {
    id, filename: 'a.jpg', media_type: 'image/jpeg', kind: 'image', state: 'ready', failure: null, width: 100, height: 50, duration: null, captured_at: '2020-05-03T10:00:00',
    utc_offset: null, date_source: 'exif', sorted_at: '2020-05-03T10:00:00', blurhash: null, thumbnails: { small: null, medium: null, large: null }, rating: null, title: null,
    latitude: null, longitude: null, size: 1000, sha256: null, tags: [], owner: '@a:b', received: null, availability: 'ok', version: 1, revision: 1,
    ingested_at: '2026-01-01T00:00:00Z', edited_at: '2026-01-01T00:00:00Z', deleted_at: null, metadata_state: null, ...values,
  };
}

it('says only what is not the same, and who has the most', () => {
  const found = differences([make('a', {}), make('b', { width: 200, height: 100, tags: ['/Sea'], title: 'Sea' })], written);
  expect(found.map(({ name }) => name)).toEqual(['resolution', 'title', 'tags']);
  expect(found[0]).toEqual({ name: 'resolution', values: ['100 × 50', '200 × 100'], best: [false, true] });
  expect(found[1]!.best).toEqual([false, false]);
});

it('sees sizes that are written alike', () => {
  const found = differences([make('a', { size: 1001 }), make('b', { size: 1002 })], written);
  expect(found).toEqual([{ name: 'size', values: ['1 kB', '1 kB'], best: [false, true] }]);
});

it('says nothing of twins', () => {
  expect(differences([make('a', {}), make('b', {})], written)).toEqual([]);
});

it('keeps the one that stands for the others', () => {
  expect([...firstMarks([make('a', {}), make('b', {}), make('c', {})], 'b')]).toEqual(['a', 'c']);
});
