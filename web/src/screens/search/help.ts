/** Examples of queries, and what each of them finds. */
import { computed } from 'vue';
import { setFrench } from '../../ui/typography';
import { language, type Language } from '../../ui/words';

interface Group {
  readonly title: string;
  readonly examples: readonly (readonly [query: string, text: string])[];
}

const GROUPS: Readonly<Record<Language, readonly Group[]>> = {
  en: [
    {
      title: 'Words and tags',
      examples: [
        ['lake como', 'both words, each the beginning of a word: in names, titles, descriptions, cameras, tags'],
        ['"lake como"', 'the words whole, next to each other'],
        ['tag:/Photos', 'with this tag or one below it'],
        ['-tag:/Photos', 'without it: a minus inverts what follows'],
        ['is:untagged', 'without any tag'],
      ],
    },
    {
      title: 'Time',
      examples: [
        ['year:2018..2020', 'from 2018 to 2020'],
        ['date:2020-05', 'in May 2020'],
        ['after:2024-01-01 before:2024-07', 'in the first half of 2024'],
        ['season:winter time:22:00..04:00', 'winter nights'],
        ['weekday:sat,sun', 'at weekends'],
      ],
    },
    {
      title: 'Place',
      examples: [
        ['near:45.92,6.87,5km', 'within five kilometres of Chamonix'],
        ['box:45.8,6.7,46,7', 'between south, west, north and east'],
        ['-has:gps', 'without a place'],
      ],
    },
    {
      title: 'Camera and file',
      examples: [
        ['camera:canon iso:>=800', 'by a Canon, in little light'],
        ['f:..2.8 mm:50..', 'wide open, at 50 mm or longer'],
        ['type:video', 'videos; also raw, jpg, heic'],
        ['size:>5mb mp:>=12', 'large files of many pixels'],
        ['filename:IMG_*.jpg', 'names; a star is anything'],
        ['rating:4..', 'four stars or more'],
      ],
    },
    {
      title: 'Together',
      examples: [
        ['(tag:/Alps or near:45.9,6.9,30km) year:2019 -type:video', 'brackets group, or is a choice'],
        ['owner:me', 'your own pictures, none that you received'],
        ['is:trash', 'in the trash'],
      ],
    },
  ],
  fr: [
    {
      title: 'Mots et étiquettes',
      examples: [
        ['lac côme', 'les deux mots, chacun au début d’un mot : noms, titres, descriptions, appareils, étiquettes'],
        ['"lac de côme"', 'les mots entiers, l’un à côté de l’autre'],
        ['tag:/Photos', 'avec cette étiquette ou une en dessous'],
        ['-tag:/Photos', 'sans elle : un moins inverse ce qui suit'],
        ['is:untagged', 'sans aucune étiquette'],
      ],
    },
    {
      title: 'Date',
      examples: [
        ['year:2018..2020', 'de 2018 à 2020'],
        ['date:2020-05', 'en mai 2020'],
        ['after:2024-01-01 before:2024-07', 'pendant le premier semestre 2024'],
        ['season:winter time:22:00..04:00', 'les nuits d’hiver'],
        ['weekday:sat,sun', 'le week-end'],
      ],
    },
    {
      title: 'Lieu',
      examples: [
        ['near:45.92,6.87,5km', 'à moins de cinq kilomètres de Chamonix'],
        ['box:45.8,6.7,46,7', 'entre sud, ouest, nord et est'],
        ['-has:gps', 'sans lieu'],
      ],
    },
    {
      title: 'Appareil et fichier',
      examples: [
        ['camera:canon iso:>=800', 'avec un Canon, par peu de lumière'],
        ['f:..2.8 mm:50..', 'à pleine ouverture, à 50 mm ou plus'],
        ['type:video', 'les vidéos ; aussi raw, jpg, heic'],
        ['size:>5mb mp:>=12', 'de gros fichiers à beaucoup de pixels'],
        ['filename:IMG_*.jpg', 'les noms ; une étoile remplace n’importe quoi'],
        ['rating:4..', 'quatre étoiles ou plus'],
      ],
    },
    {
      title: 'Ensemble',
      examples: [
        ['(tag:/Alpes or near:45.9,6.9,30km) year:2019 -type:video', 'les parenthèses groupent, « or » donne le choix'],
        ['owner:me', 'vos propres photos, sans celles reçues'],
        ['is:trash', 'dans la corbeille'],
      ],
    },
  ],
};

export const groups = computed(() => (language.value === 'fr' ? GROUPS.fr.map(set) : GROUPS.en));

function set({ title, examples }: Group): Group {
  return { title, examples: examples.map(([query, text]) => [query, setFrench(text)] as const) };
}
