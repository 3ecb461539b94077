/** What a token may be limited to, in words. */
import { defineWords } from './words';

export const scopeWords = defineWords({
  en: {
    'pictures:read': 'See pictures',
    'pictures:write': 'Add and change pictures',
    'tags:read': 'See tags',
    'tags:write': 'Change tags and rules',
    'collections:read': 'See what is public',
    'collections:write': 'Make tags public',
    'shares:read': 'See shares',
    'shares:write': 'Share, accept, revoke',
    'people:read': 'See people and the feed',
    'people:write': 'Follow, mute, block, report',
    'events:read': 'Hear what happens, as it happens',
    'account:read': 'See the account and its settings',
    'account:write': 'Change the account, make tokens',
    admin: 'Administer the server',
  },
  fr: {
    'pictures:read': 'Voir les photos',
    'pictures:write': 'Ajouter et modifier des photos',
    'tags:read': 'Voir les étiquettes',
    'tags:write': 'Modifier les étiquettes et les règles',
    'collections:read': 'Voir ce qui est public',
    'collections:write': 'Rendre des étiquettes publiques',
    'shares:read': 'Voir les partages',
    'shares:write': 'Partager, accepter, révoquer',
    'people:read': 'Voir les personnes et le fil',
    'people:write': 'Suivre, masquer, bloquer, signaler',
    'events:read': 'Recevoir les événements en direct',
    'account:read': 'Voir le compte et ses réglages',
    'account:write': 'Modifier le compte, créer des jetons',
    admin: 'Administrer le serveur',
  },
});
