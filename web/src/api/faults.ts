/**
 * What the server says when it refuses, in the language of who reads. It speaks English: there its sentences stay, but for those that are
 * meant for programs. In other languages a sentence that is known is told as it is, since it says most; any other one by its code.
 */
import { setFrench } from '../ui/typography';
import { type Language, language } from '../ui/words';
import { SENTENCES } from './sentences';

type Other = Exclude<Language, 'en'>;

const CODES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    bad_cursor: 'The list has changed meanwhile: load it anew.',
    cross_site: 'Another page wanted this. Load Archypix anew, and try again.',
    csrf: 'Your session has changed. Load the page anew, and try again.',
    cursor_mismatch: 'The list has changed meanwhile: load it anew.',
    missing_scope: 'This way of signing in may not do that.',
    precondition_failed: 'It was changed elsewhere meanwhile.',
    unknown: 'What came back is no answer of Archypix: something between here and the server spoke in its place.',
  },
  fr: {
    account_disabled: 'Ce compte est désactivé. Adressez-vous à la personne qui gère ce serveur.',
    already_public: 'Cette étiquette est déjà publique.',
    already_shared: 'Vous partagez déjà cette étiquette avec cette personne.',
    already_undone: 'Cette opération a déjà été annulée.',
    bad_cursor: 'La liste a changé entre-temps : rechargez-la.',
    bad_handle: 'Cette adresse n’en est pas une. Écrivez-la comme @nom@exemple.org.',
    bad_query: 'Cette recherche ne peut pas être comprise.',
    bad_request: 'Le serveur ne comprend pas cette demande.',
    bad_signature: 'Cette adresse n’est pas valable.',
    bad_track: 'Ce fichier n’est pas une trace GPX.',
    blocked: 'Vous avez bloqué cette personne, ou ce serveur l’a bloquée.',
    conflict: 'Ce n’est pas possible dans l’état actuel des choses.',
    copy_not_allowed: 'Le propriétaire de cette photo ne permet pas de la copier.',
    cross_site: 'La demande venait d’une autre page. Rechargez Archypix et réessayez.',
    csrf: 'Votre session a changé. Rechargez la page et réessayez.',
    cursor_mismatch: 'La liste a changé entre-temps : rechargez-la.',
    duplicate: 'Ce fichier est déjà une autre photo de cette photothèque.',
    empty_file: 'Le fichier est vide.',
    error: 'Quelque chose n’a pas fonctionné.',
    file_changed: 'Le fichier a changé pendant sa lecture.',
    files_not_written: 'Cela modifierait les fichiers, ce que les réglages de cette photothèque excluent.',
    forbidden: 'Vous n’en avez pas le droit.',
    forwarded: 'Ce signalement a déjà été transmis.',
    gone: 'Cela n’existe plus.',
    handle: 'Cette adresse n’en est pas une. Écrivez-la comme @nom@exemple.org.',
    has_moved: 'Vous avez déménagé vers un autre compte : faites-le depuis celui-ci.',
    hash_mismatch: 'Le fichier est arrivé abîmé.',
    host_blocked: 'Ce serveur n’échange pas avec l’autre.',
    host_refused: 'Ce serveur n’interroge pas celui-là.',
    in_trash: 'Cette photo est dans la corbeille : restaurez-la d’abord.',
    inside_itself: 'Une étiquette ne peut aller ni sous elle-même ni dans une de ses descendantes.',
    internal: 'Une erreur s’est produite sur le serveur. Son journal en garde le détail.',
    invalid: 'Cette saisie n’est pas valable.',
    invalid_digest: 'L’empreinte annoncée du fichier n’est pas lisible.',
    invalid_hierarchy: 'Ce lecteur n’est pas valable.',
    invalid_path: 'Ce n’est pas un chemin d’étiquette.',
    invite_invalid: 'Cette invitation ne vaut pas : elle est inconnue, déjà utilisée, révoquée ou expirée.',
    last_administrator: 'C’est le dernier compte d’administration. Nommez d’abord quelqu’un d’autre.',
    link_expired: 'Cette adresse a expiré ou a déjà servi : demandez-en une nouvelle.',
    link_locked: 'Ce lien demande un mot de passe.',
    local: 'Il s’agit d’une personne de ce serveur même.',
    method_not_allowed: 'Le serveur ne comprend pas cette demande.',
    misbehaved: 'La réponse de ce serveur est illisible.',
    missing_scope: 'Cette façon de se connecter n’en donne pas le droit.',
    moved: 'Ce compte a déménagé.',
    moving: 'Ce compte est en cours de déménagement vers un autre serveur. Réessayez dans un moment.',
    name_not_claimed: 'Ce nom n’a pas pu être réservé dans le domaine. Réessayez dans un moment.',
    name_pending: 'Un compte de ce nom est en cours de création. Réessayez dans quelques minutes.',
    name_refused: 'Ce nom est celui de quelqu’un d’autre dans ce domaine : ce compte reste désactivé.',
    name_taken: 'Ce nom est déjà pris.',
    no_access: 'Le propriétaire de cette photo ne vous donne pas ce fichier.',
    no_alias: 'L’autre compte ne cite pas celui-ci comme alias : ajoutez-l’y d’abord.',
    no_answer: 'Un autre serveur du domaine ne répond pas. Réessayez dans un moment.',
    no_password: 'Ce compte n’a pas de mot de passe. L’administration peut lui en donner un.',
    no_such_tag: 'Cette étiquette n’existe pas.',
    no_thumbnails: 'Ce fichier n’a pas d’aperçu : rien n’a pu le décoder.',
    nobody: 'Personne ne répond à cette adresse.',
    not_a_file: 'Ce n’est pas un fichier.',
    not_a_session: 'Un jeton ne se déconnecte pas : il se révoque.',
    not_found: 'Cela n’existe pas, ou n’existe plus.',
    not_moved: 'Le destinataire n’a pas déménagé.',
    not_ready: 'Les aperçus de cette photo ne sont pas encore prêts.',
    not_undoable: 'Cette opération ne peut pas être annulée : trop de choses ont changé depuis.',
    not_yours: 'Cette photo appartient à quelqu’un d’autre, qui n’accepte pas de modifications.',
    oneself: 'C’est vous-même.',
    out_of_space: 'Le disque du serveur est plein.',
    own_host: 'C’est ce serveur lui-même.',
    own_picture: 'Cette photo est à vous.',
    owner_offline: 'Le serveur du propriétaire ne répond pas en ce moment.',
    precondition_failed: 'Cela a été modifié ailleurs entre-temps.',
    quota_exceeded: 'Cela ne tient pas dans l’espace qui vous est accordé.',
    range_not_satisfiable: 'Cette partie du fichier n’existe pas.',
    rate_limited: 'Trop d’essais. Attendez un peu avant de réessayer.',
    received_picture: 'Cette photo appartient à quelqu’un d’autre.',
    refused: 'Ce serveur ne dit rien de ce compte.',
    registration_closed: 'Les inscriptions sont fermées ici. Demandez un compte à la personne qui gère ce serveur.',
    request_timeout: 'L’envoi a duré trop longtemps.',
    setup_link_spent: 'Ce lien ne fonctionne plus. Redémarrez le serveur pour en obtenir un nouveau, s’il n’a pas encore d’administrateur.',
    share_accepted: 'Ce partage est accepté : rendez-le plutôt.',
    share_ended: 'Ce partage a pris fin.',
    share_over: 'Ce partage a pris fin : demandez-en un nouveau.',
    share_pending: 'Ce partage n’est pas encore accepté : refusez-le plutôt.',
    size_mismatch: 'Le fichier n’a pas la taille annoncée.',
    slug_taken: 'Ce nom court est déjà pris.',
    tag_exists: 'Il y a déjà là une étiquette de ce nom.',
    takes_too_long: 'L’essai dure trop longtemps.',
    target_moved: 'L’autre compte a lui-même déménagé.',
    token_expired: 'Ce jeton a expiré. Créez-en un nouveau.',
    too_deep: 'Les étiquettes seraient trop profondes.',
    too_large: 'C’est plus que ce que le serveur accepte.',
    too_many: 'Il y en a déjà autant que possible.',
    too_many_collections: 'Il y a déjà autant d’étiquettes publiques que possible.',
    too_many_files: 'Ce dossier contient trop de fichiers.',
    too_many_hierarchies: 'Il y a déjà autant de lecteurs que possible.',
    too_many_invites: 'Il y a déjà autant d’invitations que possible : révoquez-en une d’abord.',
    too_many_links: 'Il y a déjà autant de liens que possible.',
    too_many_rules: 'Il y a déjà autant de règles que possible.',
    too_many_services: 'Il y a déjà autant de règles que possible.',
    too_many_shares: 'Il y a déjà autant de partages que possible.',
    too_many_tags: 'Il y a déjà autant d’étiquettes que possible.',
    too_many_tokens: 'Il y a déjà autant de jetons que possible : révoquez-en un d’abord.',
    too_slow: 'Le décompte dure trop longtemps : demandez moins à la fois.',
    unauthenticated: 'Cette session a pris fin. Reconnectez-vous.',
    unavailable: 'Le serveur ne peut pas répondre à cela en ce moment. Réessayez dans un moment.',
    unknown: 'Ce qui est revenu n’est pas une réponse d’Archypix : quelque chose a parlé à la place du serveur.',
    unreachable: 'Ce serveur ne répond pas en ce moment. Réessayez plus tard.',
    unsupported_media_type: 'Le serveur n’accepte pas ce genre de fichier.',
    upload_incomplete: 'Il manque des morceaux du fichier.',
    wrong_credentials: 'Le nom ou le mot de passe est faux.',
    wrong_password: 'Le mot de passe est faux.',
  },
};

interface Known {
  readonly english: RegExp;
  readonly own: string;
}

const known: Partial<Record<Other, readonly Known[]>> = {};
/** Where in a query something is wrong stays where it can be read out again. */
const PLACED = /^At character (\d+): (.*)$/s;

/** A refusal as its reader understands it: `code` and `detail` as the server sent them. */
export function refusal(code: string, detail: string): string {
  const own = CODES[language.value][code];
  return translated(detail) ?? (own === undefined ? detail : set(own));
}

/** One sentence of the server, such as what is wrong with one field; as it came where it is not known. */
export function sentence(detail: string): string {
  const placed = PLACED.exec(detail);
  if (!placed) return translated(detail) ?? detail;
  const place = language.value === 'fr' ? `Au caractère ${placed[1]} :` : `At character ${placed[1]}:`;
  return set(`${place} ${translated(placed[2]!) ?? placed[2]!}`);
}

function translated(detail: string): string | null {
  if (language.value === 'en') return null;
  const all = (known[language.value] ??= SENTENCES[language.value].map(([english, own]) => ({ english: pattern(english), own })));
  for (const { english, own } of all) {
    const found = english.exec(detail);
    if (found) return set(own.replace(/\{(\d)\}/g, (_, number: string) => found[Number(number)] ?? ''));
  }
  return null;
}

function set(text: string): string {
  return language.value === 'fr' ? setFrench(text) : text;
}

/** `{1}` and so on stand for anything; a sentence may begin small, as part of another one. */
function pattern(english: string): RegExp {
  const escaped = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\d\}/g, '(.+?)');
  return new RegExp(`^${escaped}$`, 'is');
}
