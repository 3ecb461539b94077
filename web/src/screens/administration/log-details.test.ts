/** Entries of the audit log, as administrators read them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
// Before there is a document that can do next to nothing.
import 'vue';
import { ACTIONS } from './log';

let log: typeof import('./log-details');
let words: typeof import('../../ui/words');
let said: typeof import('./words');

beforeEach(async () => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} });
  [log, words, said] = await Promise.all([import('./log-details'), import('../../ui/words'), import('./words')]);
});
// Other tests may run in the same process.
afterEach(() => {
  words.speak('en');
  vi.unstubAllGlobals();
});

/** As the server keeps them, and what it is in English and in French. */
const ENTRIES: readonly (readonly [string, Record<string, unknown>, string, string])[] = [
  ['session.started', {}, '', ''],
  ['session.ended', { ended: 0 }, '', ''],
  ['session.ended', { ended: 2 }, '2 sessions ended with it.', '2 sessions closes à cette occasion.'],
  [
    'password.reset',
    { sessions_ended: 1, tokens_revoked: 3 },
    '1 session ended with it. 3 tokens were revoked with it.',
    '1 session close à cette occasion. 3 jetons révoqués à cette occasion.',
  ],
  [
    'drive.created',
    { name: 'Laptop', token: 7, hierarchy: 'family', read_only: true },
    'The device is called “Laptop”. It opens the drive “family”. It may only look.',
    'L’appareil s’appelle «\u00a0Laptop\u00a0». Il ouvre le lecteur «\u00a0family\u00a0». En lecture seule.',
  ],
  ['drive.revoked', { token: 7 }, 'Token 7.', 'Jeton 7.'],
  [
    'token.created',
    { name: 'Camera', token: 'a', scopes: ['tags:read', 'cats:read'] },
    'It is called “Camera”. What it may do: See tags; cats:read.',
    'Il s’appelle «\u00a0Camera\u00a0». Ce qu’il permet\u00a0: Voir les étiquettes\u202f; cats:read.',
  ],
  ['account.quota', { quota: null }, 'Without a limit.', 'Sans limite.'],
  ['account.quota', { quota: 1_500_000_000 }, 'Up to 1.5 GB.', 'Jusqu’à 1,5\u202fGo.'],
  ['account.renamed', { display_name: '' }, 'Shown by its own name from now on.', 'Affiché sous son propre nom désormais.'],
  ['account.created', { is_admin: false }, '', ''],
  [
    'invite.created',
    { days: 14, uses: 1, invite: 'abc' },
    'Invite abc. For 1 person. It holds for 14 days.',
    'Invitation abc. Pour 1 personne. Valable 14 jours.',
  ],
  [
    'instance.changed',
    { name: 'Ours', registration: 'invite' },
    'The server is called “Ours” from now on. Who may make an account: People with an invite.',
    'Le serveur s’appelle désormais «\u00a0Ours\u00a0». Qui peut créer un compte\u00a0: Les personnes invitées.',
  ],
  [
    'host.policy',
    { note: 'Spam', before: 'limited', policy: 'blocked' },
    'The rule is “Blocked”; before, it was “Limited”. Note: “Spam”',
    'La règle est «\u00a0Bloqué\u00a0»\u202f; c’était «\u00a0Limité\u00a0». Note\u00a0: «\u00a0Spam\u00a0»',
  ],
  ['host.policy', { note: '', before: null, policy: 'allowed' }, 'The rule is “Allowed”.', 'La règle est «\u00a0Autorisé\u00a0».'],
  ['queue.dropped', { deliveries: 12 }, '12 messages.', '12 messages.'],
  ['report.settled', { state: 'resolved', resolution: '' }, 'Resolved.', 'Réglé.'],
];

it('says in both languages what is kept', () => {
  for (const [action, details, english, french] of ENTRIES) {
    words.speak('en');
    expect(log.detailsText(action, details)).toBe(english);
    words.speak('fr');
    expect(log.detailsText(action, details)).toBe(french);
  }
});

it('shows what it does not know as it is, after what it knows', () => {
  words.speak('en');
  expect(log.detailsText('new.action', { colour: 'red', uses: 2, list: [1] })).toBe('For 2 people. colour: red, list: [1]');
  expect(log.detailsText('account.quota', { quota: 'much' })).toBe('quota: much');
  expect(log.detailsText('host.policy', { before: 3 })).toBe('before: 3');
  expect(log.detailsText('x', { constructor: 1, name: 'n' })).toBe('constructor: 1, name: n');
  expect(log.detailsText('x', { long: 'x'.repeat(1000) })).toHaveLength(601);
});

it('says from where it was done, where that is no address', () => {
  words.speak('fr');
  expect(log.placeText('command line')).toBe('en ligne de commande');
  expect(log.placeText('192.0.2.1')).toBe('192.0.2.1');
  expect(log.actionText('drive.created')).toBe('Lecteur connecté');
  expect(log.actionText('constructor')).toBe('constructor');
});

it('has words for all that can be asked for', () => {
  for (const language of ['en', 'fr'] as const) {
    words.speak(language);
    expect(Object.keys(said.words.value.actions).sort()).toEqual([...ACTIONS].sort());
  }
});
