/** What the server wrote of operations, as it is told. */
import { expect, test } from 'vitest';
import { summaryIn } from './summaries';

test('summaries are told in French, and stay as they are where nothing is known of them', () => {
  expect(summaryIn('Undid: Added /A, /B; Removed /C', 'fr')).toBe('Annulé\u00a0: Posé /A, /B\u202f; retiré /C');
  expect(summaryIn('Set rating, title', 'fr')).toBe('Défini\u00a0: note, titre');
  expect(summaryIn('Something new', 'fr')).toBe('Something new');
  expect(summaryIn('Put into the trash', 'en')).toBe('Put into the trash');
});

test('what devices did is told in French: with files, with folders, and with tags', () => {
  expect(summaryIn('Put /Trip/a.jpg', 'fr')).toBe('Déposé /Trip/a.jpg');
  expect(summaryIn('Replaced /Trip/a.jpg', 'fr')).toBe('Remplacé /Trip/a.jpg');
  expect(summaryIn('Moved /Trip/a.jpg to /Best/a.jpg', 'fr')).toBe('Déplacé /Trip/a.jpg vers /Best/a.jpg');
  expect(summaryIn('Moved the folder /Trip to /Best/Trip', 'fr')).toBe('Dossier /Trip déplacé vers /Best/Trip');
  expect(summaryIn('Copied the folder /Trip to /Best/Trip', 'fr')).toBe('Dossier /Trip copié vers /Best/Trip');
  expect(summaryIn('Made the folder /New', 'fr')).toBe('Dossier /New créé');
  expect(summaryIn('Redid: Deleted the folder /New', 'fr')).toBe('Rétabli\u00a0: Dossier /New supprimé');
  expect(summaryIn('Deleted /Trip/a.jpg', 'fr')).toBe('Supprimé /Trip/a.jpg');
});

test('by how much times were shifted is told in hours, and as it came where it is written otherwise', () => {
  expect(summaryIn('Shifted capture times by -1 day, 22:30:00', 'en')).toBe('Shifted capture times by −1 h 30 min');
  expect(summaryIn('Undid: Shifted capture times by 2 days, 3:00:00', 'en')).toBe('Undid: Shifted capture times by +2 d 3 h');
  expect(summaryIn('Shifted capture times by 2 days, 3:00:05', 'fr')).toBe('Dates décalées de +2 j 3 h 5 s');
  expect(summaryIn('Shifted capture times by a while', 'fr')).toBe('Dates décalées de a while');
});
