/** Words of the calendar. */
import { number } from '../../ui/formats';
import { defineWords, plural } from '../../ui/words';

export const words = defineWords({
  en: {
    title: 'Calendar',
    year: 'Year',
    before: 'Year before',
    after: 'Year after',
    count: (count: number) => `${number(count)} ${plural(count, 'picture', 'pictures')}`,
    day: (day: string, count: number) => `${day}: ${number(count)} ${plural(count, 'picture', 'pictures')}`,
    month: (month: string, count: number) => `${month}: ${number(count)} ${plural(count, 'picture', 'pictures')}`,
    strip: (year: string, count: string) => `The year ${year} day by day, with ${count} pictures. Arrows go from day to day and week to week; the months below have the same in tables.`,
    onThisDay: 'On this day',
    yearsAgo: (years: number) => (years === 1 ? 'A year ago' : `${number(years)} years ago`),
    less: 'few',
    more: 'many',
    emptyTitle: 'No pictures yet',
    emptyText: 'Once there are some, each day that has pictures is coloured here.',
    keys: 'Calendar',
  },
  fr: {
    title: 'Calendrier',
    year: 'Année',
    before: 'Année précédente',
    after: 'Année suivante',
    count: (count: number) => `${number(count)} ${plural(count, 'photo', 'photos')}`,
    day: (day: string, count: number) => `${day} : ${number(count)} ${plural(count, 'photo', 'photos')}`,
    month: (month: string, count: number) => `${month} : ${number(count)} ${plural(count, 'photo', 'photos')}`,
    strip: (year: string, count: string) => `L’année ${year} jour par jour, avec ${count} photos. Les flèches vont d’un jour et d’une semaine à l’autre ; les mois ci-dessous disent la même chose en tableaux.`,
    onThisDay: 'Ce jour-là',
    yearsAgo: (years: number) => (years === 1 ? 'Il y a un an' : `Il y a ${number(years)} ans`),
    less: 'peu',
    more: 'beaucoup',
    emptyTitle: 'Pas encore de photos',
    emptyText: 'Dès qu’il y en aura, chaque jour qui a des photos sera coloré ici.',
    keys: 'Calendrier',
  },
});
