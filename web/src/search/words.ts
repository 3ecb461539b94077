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
    forget: 'Forget past searches',
    parts: 'What is searched for',
    removePart: (part: string) => `Remove ${part}`,
    turnPart: (part: string) => `Turn round: ${part}`,
    faultAt: (at: number) => `At character ${at}:`,
    not: 'not',
    found: (count: number) => (count === 1 ? '1 suggestion' : `${count} suggestions`),
    kinds: { field: 'Condition', tag: 'Tag', camera: 'Camera', lens: 'Lens', creator: 'Creator', type: 'Type', search: 'Search', past: 'Before' },
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
    past: 'Recherches passées',
    forget: 'Oublier les recherches passées',
    parts: 'Ce qui est recherché',
    removePart: (part: string) => `Retirer ${part}`,
    turnPart: (part: string) => `Inverser : ${part}`,
    faultAt: (at: number) => `Au caractère ${at} :`,
    not: 'sauf',
    found: (count: number) => (count < 2 ? `${count} suggestion` : `${count} suggestions`),
    kinds: { field: 'Condition', tag: 'Étiquette', camera: 'Appareil', lens: 'Objectif', creator: 'Auteur', type: 'Type', search: 'Recherche', past: 'Avant' },
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
