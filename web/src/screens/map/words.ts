/** Words of the map. */
import { number } from '../../ui/formats';
import { defineWords, plural } from '../../ui/words';

export const words = defineWords({
  en: {
    title: 'Map',
    filter: 'Which pictures are on the map',
    filterHint: 'All pictures, or those that you search for',
    map: 'Map of your pictures. Arrows move it, plus and minus zoom.',
    nearer: 'Nearer',
    farther: 'Farther',
    whole: 'Show all places',
    list: 'Pictures of this part',
    shown: (count: number) => `${number(count)} ${plural(count, 'picture', 'pictures')} on the map`,
    here: (count: number, where: string) => `${number(count)} ${plural(count, 'picture', 'pictures')} at ${where}`,
    beside: 'Pictures of a place',
    inPart: 'Pictures here',
    emptyTitle: 'No picture says where it was taken',
    emptyText:
      'Phones and some cameras note the place in the file. For others you can set it: choose pictures, then “Place”, or lay a GPX track over them.',
    noneTitle: 'None of these pictures says where it was taken',
    outlines: 'The outlines of the map cannot be loaded now; your pictures are where they belong.',
    keys: 'Map',
  },
  fr: {
    title: 'Carte',
    filter: 'Quelles photos sont sur la carte',
    filterHint: 'Toutes les photos, ou celles que vous cherchez',
    map: 'Carte de vos photos. Les flèches la déplacent, plus et moins zooment.',
    nearer: 'Plus près',
    farther: 'Plus loin',
    whole: 'Montrer tous les lieux',
    list: 'Photos de cette partie',
    shown: (count: number) => `${number(count)} ${plural(count, 'photo', 'photos')} sur la carte`,
    here: (count: number, where: string) => `${number(count)} ${plural(count, 'photo', 'photos')} à ${where}`,
    beside: 'Photos d’un lieu',
    inPart: 'Photos d’ici',
    emptyTitle: 'Aucune photo ne dit où elle a été prise',
    emptyText:
      'Les téléphones et certains appareils notent le lieu dans le fichier. Sinon, choisissez des photos, puis « Lieu », ou une trace GPX.',
    noneTitle: 'Aucune de ces photos ne dit où elle a été prise',
    outlines: 'Les contours de la carte ne peuvent pas être chargés pour l’instant ; vos photos sont à leur place.',
    keys: 'Carte',
  },
});
