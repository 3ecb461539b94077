/** Words that every part uses. */
import { defineWords } from './words';

const words = defineWords({
  en: {
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    remove: 'Remove',
    delete: 'Delete',
    edit: 'Edit',
    add: 'Add',
    create: 'Create',
    copy: 'Copy',
    copied: 'Copied.',
    retry: 'Try again',
    loading: 'Loading…',
    more: 'More',
    all: 'All',
    none: 'None',
    yes: 'Yes',
    no: 'No',
    back: 'Back',
    name: 'Name',
    search: 'Search',
    keys: 'Keys',
  },
  fr: {
    close: 'Fermer',
    cancel: 'Annuler',
    save: 'Enregistrer',
    remove: 'Retirer',
    delete: 'Supprimer',
    edit: 'Modifier',
    add: 'Ajouter',
    create: 'Créer',
    copy: 'Copier',
    copied: 'Copié.',
    retry: 'Réessayer',
    loading: 'Chargement…',
    more: 'Plus',
    all: 'Tout',
    none: 'Rien',
    yes: 'Oui',
    no: 'Non',
    back: 'Retour',
    name: 'Nom',
    search: 'Rechercher',
    keys: 'Touches',
  },
});

/** `common.close`, in the language that is spoken. */
export const common = new Proxy({} as (typeof words)['value'], { get: (_, name: string) => words.value[name as keyof typeof words.value] });
