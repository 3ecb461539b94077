/** What the audit log keeps beside who did what, as sentences; what is not known stays as it is. */
import { bytes } from '../../ui/formats';
import { scopeWords } from '../../ui/scopes';
import { words } from './words';

type Details = Readonly<Record<string, unknown>>;
/** Null: there is nothing to say of it; undefined: this is not what was expected. */
type Told = string | null | undefined;
type Teller = (value: unknown, all: Details) => Told;

const LONGEST = 600;
const say = () => words.value.details;

const ifText = (tell: (text: string) => Told): Teller => (value) => (typeof value === 'string' ? tell(value) : undefined);
const ifWritten = (tell: (text: string) => string): Teller => ifText((text) => (text === '' ? null : tell(text)));
const ifCount = (tell: (count: number) => Told): Teller => (value) => (typeof value === 'number' ? tell(value) : undefined);
const ifSome = (tell: (count: number) => string): Teller => ifCount((count) => (count > 0 ? tell(count) : null));
const ifTrue = (tell: () => string): Teller => (value) => (typeof value === 'boolean' ? (value ? tell() : null) : undefined);

function scopesOf(value: unknown): Told {
  if (!Array.isArray(value)) return undefined;
  return say().scopes(value.map((one) => wordFor(scopeWords.value, String(one)) ?? String(one)));
}

function quotaOf(value: unknown): Told {
  if (value === null) return say().noQuota;
  return typeof value === 'number' ? say().quota(bytes(value)) : undefined;
}

/** What one of a few names is called; names come from the server, so only those that stand here themselves are meant. */
function wordFor<W>(all: Readonly<Record<string, W>>, name: string): W | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

const policyOf = (name: string): string => wordFor(words.value.policies, name)?.label ?? name;
const modeOf = (name: string): string => wordFor(words.value.modes, name)?.label ?? name;

/** By the action and the name of what is kept, or by the name alone where it says the same everywhere. */
const TELLERS: Readonly<Record<string, Teller>> = {
  ended: ifSome((count) => say().sessionsEnded(count)),
  sessions_ended: ifSome((count) => say().sessionsEnded(count)),
  tokens_revoked: ifSome((count) => say().tokensRevoked(count)),
  // Whoever reads knows tokens by their names.
  token: (id, { name }) => (typeof name === 'string' && name !== '' ? null : say().token(String(id))),
  'token.created name': ifWritten((name) => say().called(name)),
  'token.revoked name': ifWritten((name) => say().called(name)),
  'drive.created name': ifWritten((name) => say().device(name)),
  'drive.revoked name': ifWritten((name) => say().device(name)),
  scopes: scopesOf,
  hierarchy: ifText((slug) => say().drive(slug)),
  read_only: ifTrue(() => say().onlyLooks),
  is_admin: ifTrue(() => say().administers),
  display_name: ifText((name) => (name ? say().shownAs(name) : say().shownPlain)),
  quota: quotaOf,
  invite: ifText((id) => say().invite(id)),
  uses: ifCount((count) => say().uses(count)),
  days: ifCount((count) => say().days(count)),
  'instance.changed name': ifText((name) => (name ? say().serverName(name) : say().serverUnnamed)),
  'instance.changed description': ifText((text) => (text ? say().serverAbout(text) : say().serverSilent)),
  registration: ifText((mode) => say().registration(modeOf(mode))),
  jobs: ifCount((count) => say().jobs(count)),
  deliveries: ifCount((count) => say().deliveries(count)),
  policy: (policy, { before }) => (typeof policy === 'string' ? say().rule(policyOf(policy), typeof before === 'string' ? policyOf(before) : '') : undefined),
  // Told with the rule that came after it.
  before: (before, { policy }) => (typeof policy === 'string' && (before === null || typeof before === 'string') ? null : undefined),
  note: ifWritten((text) => say().note(text)),
  state: ifText((state) => wordFor(words.value.settled, state)),
  resolution: ifWritten((text) => say().resolution(text)),
  host: ifText((host) => say().toHost(host)),
  'account.moved target': ifText((target) => say().movedTo(target)),
  'account.stayed target': ifText((target) => say().movedFrom(target)),
};

const ORDER = Object.keys(TELLERS);

/** `It is called “Laptop”. It may only look.`; empty where there is nothing more to say. */
export function detailsText(action: string, details: Details): string {
  const known: [key: string, told: string | null][] = [];
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(details)) {
    const key = keyOf(action, name);
    const told = key === undefined ? undefined : TELLERS[key]!(value, details);
    if (key !== undefined && told !== undefined) known.push([key, told]);
    else unknown.push(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  known.sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));
  const text = [...known.map(([, told]) => told), unknown.join(', ')].filter(Boolean).join(' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What was done. */
export function actionText(action: string): string {
  return wordFor(words.value.actions, action) ?? action;
}

/** From where it was done: an address, or in words. */
export function placeText(address: string): string {
  return wordFor(words.value.places, address) ?? address;
}

/** Under what it is told, if at all. */
function keyOf(action: string, name: string): string | undefined {
  return [`${action} ${name}`, name].find((one) => Object.hasOwn(TELLERS, one));
}
