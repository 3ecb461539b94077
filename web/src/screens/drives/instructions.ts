/** How each system opens a drive, step by step; what stands between backticks is to be typed. */
import { defineWords } from '../../ui/words';
import { type Piece, pieces, type System } from './steps';

/** What somebody types into the device. */
export interface Access {
  readonly url: string;
  readonly user: string;
  /** The secret; a word in its place where it is not known any more. */
  readonly token: string;
}

/** The address with another scheme: `davs://…`, or `dav://…` without encryption. */
function scheme(url: string, name: string): string {
  return url.replace(/^http(s?):/, (_, secure: string) => `${name}${secure}:`);
}

export const words = defineWords({
  en: {
    finder: 'macOS (Finder)',
    explorer: 'Windows (Explorer)',
    gnome: 'Linux (GNOME Files)',
    kde: 'Linux (KDE Dolphin)',
    ios: 'iPhone and iPad',
    android: 'Android',
    rclone: 'rclone',
    davfs2: 'Linux (davfs2)',
    steps: {
      finder: ({ url, user }: Access) =>
        `In the Finder choose *Go → Connect to Server* (⌘K).
        Type \`${url}\` and press *Connect*.
        Choose *Registered User*, with the name \`${user}\` and the token as the password.
        Large videos are better watched in the browser: the Finder fetches files whole before it opens them.`,
      explorer: ({ url, user }: Access) =>
        `Open *This PC* and choose *Map network drive*.
        Type \`${url}\` as the folder and tick *Connect using different credentials*.
        Sign in as \`${user}\` with the token as the password.
        Windows takes only https with a trusted certificate, and files up to 50 MB until *FileSizeLimitInBytes* of its WebClient service is raised.`,
      gnome: ({ url, user }: Access) =>
        `In Files choose *Other Locations* (or *Network*) in the side bar.
        Type \`${scheme(url, 'dav')}\` below and press *Connect*.
        Sign in as \`${user}\` with the token as the password.
        In a large library, switch thumbnails of remote files off in the preferences.`,
      kde: ({ url, user }: Access) =>
        `Click into Dolphin’s address bar and type \`${scheme(url, 'webdav')}\`.
        Sign in as \`${user}\` with the token as the password.
        Drag the folder into the *Places* to find it again.`,
      ios: ({ url, user }: Access) =>
        `Apple’s own Files cannot do this by itself. Install an app that speaks WebDAV, such as Documents or FE File Explorer.
        In it choose *Add server → WebDAV* and type \`${url}\`.
        User \`${user}\`, password: the token. Scanning the code above gives you all three to copy.
        The drive then appears in Files as well.`,
      android: ({ url, user }: Access) =>
        `Install an app that speaks WebDAV: Material Files, Solid Explorer, FolderSync or PhotoSync.
        Add a *WebDAV* server with the address \`${url}\`.
        User \`${user}\`, password: the token. Scanning the code above gives you all three to copy.
        For automatic uploads choose an inbox, or a folder whose tag new pictures should have.`,
      rclone: ({ url, user, token }: Access) =>
        `Make the remote: \`rclone config create archypix webdav url=${url} vendor=owncloud user=${user} pass=${token} --obscure\`
        Look around: \`rclone ls archypix:\`
        Bring pictures: \`rclone copy ~/Pictures archypix: --progress\`
        As vendor *owncloud* it keeps the times of files and compares checksums.`,
      davfs2: ({ url, user }: Access) =>
        `Mount it: \`sudo mount -t davfs ${url} /mnt/pictures\`
        User \`${user}\`, password: the token; or keep both in \`/etc/davfs2/secrets\`.
        Files are sent a few seconds after they are closed: wait for \`umount\` before you switch off.
        If folders say “Invalid argument”, set \`buf_size 64\` in its settings.`,
    },
  },
  fr: {
    finder: 'macOS (Finder)',
    explorer: 'Windows (Explorateur)',
    gnome: 'Linux (Fichiers de GNOME)',
    kde: 'Linux (Dolphin de KDE)',
    ios: 'iPhone et iPad',
    android: 'Android',
    rclone: 'rclone',
    davfs2: 'Linux (davfs2)',
    steps: {
      finder: ({ url, user }: Access) =>
        `Dans le Finder, choisissez *Aller → Se connecter au serveur* (⌘K).
        Saisissez \`${url}\` et cliquez sur *Se connecter*.
        Choisissez *Utilisateur référencé*, avec le nom \`${user}\` et le jeton comme mot de passe.
        Regardez plutôt les grandes vidéos dans le navigateur : le Finder charge les fichiers en entier avant de les ouvrir.`,
      explorer: ({ url, user }: Access) =>
        `Ouvrez *Ce PC* et choisissez *Connecter un lecteur réseau*.
        Saisissez \`${url}\` comme dossier et cochez *Se connecter à l’aide d’informations d’identification différentes*.
        Connectez-vous en tant que \`${user}\`, avec le jeton comme mot de passe.
        Windows n’accepte que https avec un certificat reconnu, et des fichiers jusqu’à 50 Mo tant que *FileSizeLimitInBytes* de son service WebClient n’est pas augmenté.`,
      gnome: ({ url, user }: Access) =>
        `Dans Fichiers, choisissez *Autres emplacements* (ou *Réseau*) dans la barre latérale.
        Saisissez \`${scheme(url, 'dav')}\` en bas et cliquez sur *Se connecter*.
        Connectez-vous en tant que \`${user}\`, avec le jeton comme mot de passe.
        Dans une grande photothèque, désactivez les vignettes des fichiers distants dans les préférences.`,
      kde: ({ url, user }: Access) =>
        `Cliquez dans la barre d’adresse de Dolphin et saisissez \`${scheme(url, 'webdav')}\`.
        Connectez-vous en tant que \`${user}\`, avec le jeton comme mot de passe.
        Glissez le dossier dans les *Emplacements* pour le retrouver.`,
      ios: ({ url, user }: Access) =>
        `L’app Fichiers d’Apple ne sait pas le faire seule. Installez une app qui parle WebDAV, comme Documents ou FE File Explorer.
        Choisissez-y *Ajouter un serveur → WebDAV* et saisissez \`${url}\`.
        Utilisateur \`${user}\`, mot de passe : le jeton. Scannez le code ci-dessus pour copier les trois.
        Le lecteur apparaît ensuite aussi dans Fichiers.`,
      android: ({ url, user }: Access) =>
        `Installez une application qui parle WebDAV : Material Files, Solid Explorer, FolderSync ou PhotoSync.
        Ajoutez un serveur *WebDAV* avec l’adresse \`${url}\`.
        Utilisateur \`${user}\`, mot de passe : le jeton. Scannez le code ci-dessus pour copier les trois.
        Pour l’envoi automatique, choisissez une boîte de dépôt, ou un dossier dont les nouvelles photos doivent porter l’étiquette.`,
      rclone: ({ url, user, token }: Access) =>
        `Créez le dépôt distant : \`rclone config create archypix webdav url=${url} vendor=owncloud user=${user} pass=${token} --obscure\`
        Parcourez-le : \`rclone ls archypix:\`
        Envoyez des photos : \`rclone copy ~/Images archypix: --progress\`
        Avec le type *owncloud*, il conserve les dates des fichiers et compare les sommes de contrôle.`,
      davfs2: ({ url, user }: Access) =>
        `Montez-le : \`sudo mount -t davfs ${url} /mnt/photos\`
        Utilisateur \`${user}\`, mot de passe : le jeton ; ou gardez les deux dans \`/etc/davfs2/secrets\`.
        Les fichiers partent quelques secondes après leur fermeture : attendez la fin de \`umount\` avant d’éteindre.
        Si les dossiers répondent « Invalid argument », mettez \`buf_size 64\` dans ses réglages.`,
    },
  },
});

/** The steps of a system, one a line. */
export function stepsOf(system: System, access: Access): Piece[][] {
  return words.value.steps[system](access)
    .split('\n')
    .map((step) => pieces(step.trim()));
}
