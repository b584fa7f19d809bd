import type { Emulator } from '../emulator.js';
import { orgsOf } from '../project/memberships.js';
import { loginOf } from '../project/project.js';
import type { UserRecord } from '../project/records.js';
import type { PublicAccess } from '../server/public-access.js';
import { oneLine } from '../texts.js';
import { USERS_PATH } from '../users-page/paths.js';
import { callAs } from './curl-commands.js';
import { twoColumns } from './two-columns.js';

/** Of a large project, as many as fit on a screen. */
const MAX_USERS = 10;
const MAX_ORGS = 10;
const MAX_NAME_LENGTH = 40;
/** Organizations of a user, and permissions in one of them. */
const MAX_DETAILS = 4;

/** The text on the console at the start. It has no token or key, and only the secret for pages. Links and commands are last, next to the prompt. */
export function startMessage(emulator: Emulator, access?: PublicAccess): string {
  const { authUrl } = emulator.issuer;
  return [
    `The PropelAuth emulator runs at ${authUrl}`,
    ...section('Users', userLines(emulator)),
    ...section('Organizations', orgLines(emulator)),
    ...section('Pages', [`  ${authUrl}${USERS_PATH}`]),
    ...section('Secret that pages ask for', access === undefined ? [] : [`  ${access.secret}`]),
    ...commands(emulator),
    '',
  ].join('\n');
}

export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, '', ...lines];
}

function userLines(emulator: Emulator): string[] {
  const users = [...emulator.core.project.users.values()];
  const shown = users.slice(0, MAX_USERS);
  return [
    ...twoColumns(shown.map((user) => [short(loginOf(user)), membershipsOf(user, emulator)])),
    ...remainder(users.length - shown.length, 'the page below lists all'),
  ];
}

function membershipsOf(user: UserRecord, { core: { project } }: Emulator): string {
  const memberships = orgsOf(project, user).map(({ orgName, roles, permissions }) => {
    const membership = `${roles.map(short).join(' and ')} of ${short(orgName)}`;
    return permissions.length === 0
      ? membership
      : `${membership} (${few(permissions.map(short), ' ')})`;
  });
  return few(memberships, ', ') || 'in no organization';
}

function few(texts: readonly string[], separator: string): string {
  const shown = texts.slice(0, MAX_DETAILS);
  const others = texts.length - shown.length;
  return [...shown, ...(others === 0 ? [] : [`and ${others} more`])].join(separator);
}

function orgLines({ core: { project } }: Emulator): string[] {
  const orgs = [...project.orgs.values()];
  const shown = orgs.slice(0, MAX_ORGS);
  return [
    ...twoColumns(shown.map(({ name, org_id: orgId }) => [short(name), short(orgId)])),
    ...remainder(orgs.length - shown.length, 'the page below lists those of users'),
  ];
}

function remainder(count: number, where: string): string[] {
  return count === 0 ? [] : [`  … and ${count} more: ${where}`];
}

function commands({ core: { project, call }, issuer: { authUrl } }: Emulator): string[] {
  const [user] = project.users.values();
  if (user === undefined) return [];
  const names = [loginOf(user), user.email, user.user_id];
  const lines = callAs(names, authUrl, call).map((line) => `  ${line}`);
  return section(`Call your application as ${short(loginOf(user))}, in a second terminal`, lines);
}

/** Names come from seeds and sign-ups: one line of each, and not too much of it. */
function short(name: string): string {
  const line = oneLine(name);
  return line.length > MAX_NAME_LENGTH ? `${line.slice(0, MAX_NAME_LENGTH - 1)}…` : line;
}
