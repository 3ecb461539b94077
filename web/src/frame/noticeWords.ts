/** Words of the bell and of what it tells. */
import { number } from '../ui/formats';
import { defineWords, plural } from '../ui/words';

const pictures = (count: number) => `${number(count)} ${plural(count, 'picture', 'pictures')}`;
const photos = (count: number) => `${number(count)} ${plural(count, 'photo', 'photos')}`;

export const words = defineWords({
  en: {
    title: 'Notices',
    bell: (unread: number) => (unread === 0 ? 'Notices' : `Notices, ${number(unread)} new`),
    empty: 'Nothing yet. When somebody shares with you, answers, asks to follow you, or brings pictures through a link, you see it here.',
    fresh: 'New',
    older: 'Show older ones',
    said: {
      offered: (who: string, name: string, count: number) => `${who} wants to share “${name}” with you, ${pictures(count)}.`,
      came: (who: string, name: string, count: number) => `${who} answered your share with “${name}”, ${pictures(count)}.`,
      revoked: (who: string, name: string) => `${who} no longer shares “${name}” with you.`,
      expired: (who: string, name: string) => `“${name}” by ${who} has ended, as agreed.`,
      acceptedBy: (who: string, name: string) => `${who} accepted “${name}”.`,
      declinedBy: (who: string, name: string) => `${who} declined “${name}”.`,
      leftBy: (who: string, name: string) => `${who} gave “${name}” back.`,
      moved: (from: string, to: string, offered: boolean) => `${from} has moved to ${to}.${offered ? ' What you share was offered to them there.' : ''}`,
      asks: (who: string) => `${who} asks to follow you.`,
      asksOf: (who: string, of: string) => `${who} asks to follow “${of}”.`,
      uploaded: (guest: string, name: string, count: number) => `${guest} brought ${pictures(count)} to “${name}”.`,
      brake: (name: string, count: number) => `“${name}” wanted to delete a lot at once (${pictures(count)}) and was stopped.`,
      other: (kind: string) => `Something new: ${kind}`,
    },
  },
  fr: {
    title: 'Activité',
    bell: (unread: number) => (unread === 0 ? 'Activité' : `Activité, ${number(unread)} ${plural(unread, 'nouveauté', 'nouveautés')}`),
    empty: 'Rien pour l’instant. Quand quelqu’un partage avec vous, répond, demande à vous suivre, ou apporte des photos par un lien, vous le voyez ici.',
    fresh: 'Nouvelle',
    older: 'Afficher les plus anciennes',
    said: {
      offered: (who: string, name: string, count: number) => `${who} souhaite partager « ${name} » avec vous, ${photos(count)}.`,
      came: (who: string, name: string, count: number) => `${who} a répondu à votre partage par « ${name} », ${photos(count)}.`,
      revoked: (who: string, name: string) => `${who} ne partage plus « ${name} » avec vous.`,
      expired: (who: string, name: string) => `« ${name} » de ${who} a pris fin, comme convenu.`,
      acceptedBy: (who: string, name: string) => `${who} a accepté « ${name} ».`,
      declinedBy: (who: string, name: string) => `${who} a refusé « ${name} ».`,
      leftBy: (who: string, name: string) => `${who} a rendu « ${name} ».`,
      moved: (from: string, to: string, offered: boolean) => `${from} a déménagé vers ${to}.${offered ? ' Vos partages lui ont été proposés là-bas.' : ''}`,
      asks: (who: string) => `${who} demande à vous suivre.`,
      asksOf: (who: string, of: string) => `${who} demande à suivre « ${of} ».`,
      uploaded: (guest: string, name: string, count: number) => `${guest} a apporté ${photos(count)} dans « ${name} ».`,
      brake: (name: string, count: number) => `« ${name} » voulait supprimer beaucoup d’un coup (${photos(count)}) et a été arrêté.`,
      other: (kind: string) => `Du nouveau : ${kind}`,
    },
  },
});
