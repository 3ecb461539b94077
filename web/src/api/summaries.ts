/** What the server wrote of an operation, in the language that is spoken; it writes English, in a few forms. */
import { setFrench } from '../ui/typography';

type Form = readonly [form: RegExp, said: (...parts: string[]) => string];

const FIELDS: Readonly<Record<string, string>> = {
  'captured at': 'date',
  'utc offset': 'fuseau horaire',
  latitude: 'latitude',
  longitude: 'longitude',
  altitude: 'altitude',
  rating: 'note',
  title: 'titre',
  description: 'description',
  creator: 'auteur',
  filename: 'nom du fichier',
  orientation: 'orientation',
  lens: 'objectif',
  'camera make': 'marque de l’appareil',
  'camera model': 'appareil',
};

const fields = (list: string): string => list.split(', ').map((one) => FIELDS[one] ?? one).join(', ');

/** The first that fits is taken. */
const FRENCH: readonly Form[] = [
  [/^Undid: (.*)$/s, (what) => `Annulé : ${french(what)}`],
  [/^Redid: (.*)$/s, (what) => `Rétabli : ${french(what)}`],
  [/^Put into the trash$/, () => 'Mis à la corbeille'],
  [/^Restored from the trash$/, () => 'Sorti de la corbeille'],
  [/^Duplicates put into the trash$/, () => 'Doublons mis à la corbeille'],
  [/^Duplicates restored from the trash$/, () => 'Doublons sortis de la corbeille'],
  [/^Tags of duplicates given to the picture that is kept$/, () => 'Étiquettes des doublons données à la photo gardée'],
  [/^Tags of duplicates taken back$/, () => 'Étiquettes des doublons reprises'],
  [/^Made the tag (.*)$/s, (path) => `Étiquette ${path} créée`],
  [/^Deleted the tag (.*)$/s, (path) => `Étiquette ${path} supprimée`],
  [/^Renamed (\/.*) to (\/.*)$/s, (from, to) => `${from} renommé en ${to}`],
  [/^Merged (\/.*) into (\/.*)$/s, (from, into) => `${from} fusionné avec ${into}`],
  [/^Described (\/.*)$/s, (path) => `Apparence de ${path} modifiée`],
  [/^Ordered the tags of (.*)$/s, (path) => `Ordre des étiquettes de ${path} modifié`],
  [/^Deleted the service (.*), but not its tags$/s, (name) => `Règle ${name} supprimée, mais pas ses étiquettes`],
  [/^Deleted the service (.*)$/s, (name) => `Règle ${name} supprimée`],
  [/^Added (.*); Removed (.*)$/s, (added, removed) => `Posé ${added} ; retiré ${removed}`],
  [/^Added (.*)$/s, (paths) => `Posé ${paths}`],
  [/^Removed (.*)$/s, (paths) => `Retiré ${paths}`],
  [/^Turned by (\d+)°$/, (degrees) => `Tourné de ${degrees}°`],
  [/^Shifted capture times by (.*)$/, (by) => `Dates décalées de ${span(by, 'j')}`],
  [/^Shifted the time zone$/, () => 'Fuseau horaire changé'],
  [/^Copied a position; Set (.*)$/, (list) => `Lieu copié ; défini : ${fields(list)}`],
  [/^Copied a position$/, () => 'Lieu copié'],
  [/^Set (.*)$/, (list) => `Défini : ${fields(list)}`],
  [/^Made the folder (.*)$/s, (path) => `Dossier ${path} créé`],
  [/^Moved the folder (.*) to (.*)$/s, (from, to) => `Dossier ${from} déplacé vers ${to}`],
  [/^Copied the folder (.*) to (.*)$/s, (from, to) => `Dossier ${from} copié vers ${to}`],
  [/^Deleted the folder (.*)$/s, (path) => `Dossier ${path} supprimé`],
  [/^Put (.*)$/s, (path) => `Déposé ${path}`],
  [/^Replaced (.*)$/s, (path) => `Remplacé ${path}`],
  [/^Moved (.*) to (.*)$/s, (from, to) => `Déplacé ${from} vers ${to}`],
  [/^Copied (.*) to (.*)$/s, (from, to) => `Copié ${from} vers ${to}`],
  [/^Deleted (.*)$/s, (path) => `Supprimé ${path}`],
];

/** As people who speak it say; what is not known stays English. */
export function summaryIn(summary: string, spoken: string): string {
  return spoken === 'fr' ? setFrench(french(summary)) : summary.replace(SHIFTED, (_, begin: string, by: string) => begin + span(by, 'd'));
}

const SHIFTED = /^((?:Undid: |Redid: )*Shifted capture times by )(.*)$/s;
const SPAN = /^(?:(-?\d+) days?, )?(\d+):(\d\d):(\d\d)(?:\.\d+)?$/;

/** `−1 h 30 min` for `-1 day, 22:30:00`, as the server writes it: whole days before or after, and what comes on top of them. */
function span(written: string, day: string): string {
  const found = SPAN.exec(written);
  if (!found) return written;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number];
  const all = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  const rest = Math.abs(all);
  const parts = [[Math.floor(rest / 86_400), day], [Math.floor(rest / 3600) % 24, 'h'], [Math.floor(rest / 60) % 60, 'min'], [rest % 60, 's']] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return (all < 0 ? '−' : '+') + (shown.join(' ') || '0 s');
}

function french(summary: string): string {
  for (const [form, said] of FRENCH) {
    const found = form.exec(summary);
    if (found) return said(...found.slice(1));
  }
  return summary;
}
