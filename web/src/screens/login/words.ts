import { defineWords } from '../../ui/words';

export const words = defineWords({
  en: {
    title: 'Sign in',
    name: 'Name',
    password: 'Password',
    enter: 'Sign in',
    again: 'Your session has ended. Nothing on this page is lost: sign in, and go on.',
    register: 'Make an account',
  },
  fr: {
    title: 'Se connecter',
    name: 'Nom',
    password: 'Mot de passe',
    enter: 'Se connecter',
    again: 'Votre session a pris fin. Rien n’est perdu sur cette page : reconnectez-vous et continuez.',
    register: 'Créer un compte',
  },
});
