/** Words of the search box: what conditions are called, and what they say. */
import { defineWords } from '../ui/words';

export const words = defineWords({
  en: {
    label: 'Search pictures',
    placeholder: 'Words, or conditions such as camera: or year:',
    clear: 'Clear the search',
    run: 'Search',
    suggestions: 'Suggestions',
    past: 'Past searches',
    forget: 'Clear past searches',
    parts: 'What is searched for',
    removePart: (part: string) => `Remove ${part}`,
    turnPart: (part: string) => `Invert: ${part}`,
    faultAt: (at: number) => `At character ${at}:`,
    mend: 'Write it so',
    mendTo: (query: string) => `Write it so: ${query}`,
    not: 'not',
    found: (count: number) => (count === 1 ? '1 suggestion' : `${count} suggestions`),
    tooSlow: 'These are too many pictures to count at once. Ask for some of them:',
    tooSlowQuery: 'This takes too long on so many pictures. Ask for some of them:',
    narrower: { rating: 'Four stars and more', tagged: 'Those with a tag' },
    kinds: { field: 'Condition', tag: 'Tag', camera: 'Camera', lens: 'Lens', creator: 'Creator', type: 'Type', search: 'Search', past: 'Past' },
    names: {
      tag: 'Tag', before: 'Before', after: 'Since', date: 'Date', year: 'Year', month: 'Month', season: 'Season', weekday: 'Day', time: 'Time',
      camera: 'Camera', make: 'Make', model: 'Model', lens: 'Lens', iso: 'ISO', f: 'Aperture', mm: 'Focal length', exposure: 'Exposure',
      type: 'Type', rating: 'Rating', near: 'Near', box: 'Within', filename: 'File', title: 'Title', description: 'Description', creator: 'Creator',
      size: 'Size', mp: 'Megapixels', width: 'Width', height: 'Height', has: 'Has', is: 'Is', owner: 'Of', sender: 'From', shared: 'Shared',
      added: 'Added', edited: 'Changed',
    },
  },
  fr: {
    label: 'Rechercher des photos',
    placeholder: 'Des mots, ou des conditions comme camera: ou year:',
    clear: 'Effacer la recherche',
    run: 'Rechercher',
    suggestions: 'Suggestions',
    past: 'Recherches récentes',
    forget: 'Effacer les recherches récentes',
    parts: 'Ce qui est recherché',
    removePart: (part: string) => `Retirer ${part}`,
    turnPart: (part: string) => `Inverser : ${part}`,
    faultAt: (at: number) => `Au caractère ${at} :`,
    mend: 'Écrire ainsi',
    mendTo: (query: string) => `Écrire ainsi : ${query}`,
    not: 'sauf',
    found: (count: number) => (count < 2 ? `${count} suggestion` : `${count} suggestions`),
    tooSlow: 'Il y a trop de photos pour tout compter d’un coup. Demandez-en une partie :',
    tooSlowQuery: 'Cela dure trop longtemps sur autant de photos. Demandez-en une partie :',
    narrower: { rating: 'Quatre étoiles et plus', tagged: 'Celles qui ont une étiquette' },
    kinds: { field: 'Condition', tag: 'Étiquette', camera: 'Appareil', lens: 'Objectif', creator: 'Auteur', type: 'Type', search: 'Recherche', past: 'Récente' },
    names: {
      tag: 'Étiquette', before: 'Avant', after: 'Depuis', date: 'Date', year: 'Année', month: 'Mois', season: 'Saison', weekday: 'Jour', time: 'Heure',
      camera: 'Appareil', make: 'Marque', model: 'Modèle', lens: 'Objectif', iso: 'ISO', f: 'Ouverture', mm: 'Focale', exposure: 'Pose',
      type: 'Type', rating: 'Note', near: 'Près de', box: 'Dans', filename: 'Fichier', title: 'Titre', description: 'Description', creator: 'Auteur',
      size: 'Taille', mp: 'Mégapixels', width: 'Largeur', height: 'Hauteur', has: 'Possède', is: 'Est', owner: 'De', sender: 'Envoyé par', shared: 'Partage',
      added: 'Ajouté', edited: 'Modifié',
    },
  },
});

/** A condition's name for people; names of fields of the metadata stay as they are. */
export function nameOf(name: string): string {
  return (words.value.names as Readonly<Record<string, string>>)[name] ?? name;
}
