/** French spaces: where they belong, and nowhere else. */
import { expect, test } from 'vitest';
import { setFrench } from './typography';

test('high punctuation and quotes hold on to their words', () => {
  expect(setFrench('Supprimer « Été » ?')).toBe('Supprimer «\u00a0Été\u00a0»\u202f?');
  expect(setFrench('Vide : tout en haut ; sinon en dessous !')).toBe('Vide\u00a0: tout en haut\u202f; sinon en dessous\u202f!');
  expect(setFrench('Un nombre de 0 à 3 650')).toBe('Un nombre de 0 à 3\u202f650');
});

test('addresses, times and conditions stay as they are', () => {
  for (const text of ['https://a.test/x?y=1;z', 'à 17:04', 'camera: ou year:', 'le 4 mai 2024', 'rclone ls archypix:']) expect(setFrench(text)).toBe(text);
});
