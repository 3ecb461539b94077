/** Words of maps. */
import { defineWords } from '../ui/words';
import { type Place, writtenPlace } from './mercator';

export const words = defineWords({
  en: {
    letters: 'NESW',
    placeAt: (where: string) => `Map of the place ${where}.`,
    noPlace: 'Map of the world; no place is chosen.',
    howToPick: 'Click on a place to choose it; or move the map by arrows, zoom by plus and minus, and choose its middle by Enter.',
    nearer: 'Zoom in',
    farther: 'Zoom out',
  },
  fr: {
    letters: 'NESO',
    placeAt: (where: string) => `Carte du lieu ${where}.`,
    noPlace: 'Carte du monde ; aucun lieu n’est choisi.',
    howToPick:
      'Cliquez sur un lieu pour le choisir ; ou déplacez la carte avec les flèches, zoomez avec plus et moins, et choisissez son centre avec Entrée.',
    nearer: 'Zoom avant',
    farther: 'Zoom arrière',
  },
});

/** `45.9237° N, 6.8694° E`. */
export function writtenHere(place: Place): string {
  return writtenPlace(place, words.value.letters);
}
