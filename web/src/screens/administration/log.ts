/** Entries of the audit log, for people. */

export const ACTIONS = [
  'session.started',
  'session.failed',
  'session.ended',
  'password.changed',
  'password.reset',
  'token.created',
  'token.revoked',
  'drive.created',
  'drive.revoked',
  'account.created',
  'account.registered',
  'account.set_up',
  'account.disabled',
  'account.enabled',
  'account.admin_given',
  'account.admin_taken',
  'account.renamed',
  'account.quota',
  'account.deleted',
  'account.moved',
  'account.exported',
  'invite.created',
  'invite.revoked',
  'instance.changed',
  'jobs.retried',
  'queue.retried',
  'queue.dropped',
  'host.policy',
  'host.forgotten',
  'report.settled',
  'report.forwarded',
  'keys.rotated',
] as const;

const LONGEST = 200;

/** `uses: 1, days: 14`; empty where there is nothing more to say. */
export function detailsText(details: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
