import type { HandlerDescription } from '../audit/describe-access.js';
import type { LocalSecret } from './access/local-secret.js';
import { callCommand, tokenCommand } from './curl-commands.js';
import type { LocalProject, ProjectUser } from './local-project.js';
import type { OAuthClient } from './oauth/oauth-client.js';
import { twoColumns } from './two-columns.js';

/** Of a large application, as many as fit on a screen. */
const MAX_HANDLERS = 30;
const MAX_USERS = 10;
const MAX_ORGS = 10;
const MAX_NAME_LENGTH = 40;
/** Organizations of a user, and permissions in one of them. */
const MAX_DETAILS = 4;

/** What the start message is about. */
export interface StartMessageContent {
  readonly project: LocalProject;
  readonly secret: LocalSecret;
  /** Its page is among the links. */
  readonly client: OAuthClient | undefined;
  /** The URL of the MCP server, if the application is one. */
  readonly mcpResource?: string;
  /** The handlers of the application, without those of the local PropelAuth. */
  readonly handlers: readonly HandlerDescription[];
  /** The path that the curl command calls. */
  readonly examplePath: string;
}

/** The text on the console at startup. It has links with the secret, but no token. Links and commands are last, next to the prompt. */
export function localStartMessage(content: StartMessageContent): string {
  const { authUrl } = content.project.issuer;
  return [
    `The local PropelAuth runs at ${authUrl}`,
    ...section('Who may call what', accessLines(content.handlers)),
    ...section('Users', userLines(content.project)),
    ...section('Organizations', orgLines(content.project)),
    ...section('MCP clients', mcpLines(content)),
    ...section('Pages (the links contain the secret that they need)', links(content)),
    ...commands(content),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, '', ...lines];
}

function accessLines(handlers: readonly HandlerDescription[]): string[] {
  const shown = handlers.slice(0, MAX_HANDLERS);
  return [
    ...twoColumns(shown.map(({ name, summary }) => [name, summary])),
    ...remainder(handlers.length - shown.length, 'describeAccess(app) lists all'),
  ];
}

function userLines(project: LocalProject): string[] {
  const { users } = project;
  const shown = users.slice(0, MAX_USERS);
  return [
    ...twoColumns(shown.map((user) => [short(user.name), membershipsInWords(user, project)])),
    ...remainder(users.length - shown.length, 'the page below lists all'),
  ];
}

function membershipsInWords(user: ProjectUser, project: LocalProject): string {
  const memberships = project.orgsOf(user).map(({ orgName, roles, permissions }) => {
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

function orgLines({ api: { project } }: LocalProject): string[] {
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

/** Clients find everything else by it. */
function mcpLines({ mcpResource }: StartMessageContent): string[] {
  if (mcpResource === undefined) return [];
  return [`  Open a link below in your browser, then connect a client to ${mcpResource}`];
}

function links({ project, secret, client }: StartMessageContent): string[] {
  const { authUrl } = project.issuer;
  return [
    `  ${secret.linkTo('/propelauth/users')}`,
    ...(client?.page.startsWith(`${authUrl}/`) ? [`  ${secret.linkTo(client.page)}`] : []),
  ];
}

/** The access token of a user is of no use in an application for MCP clients alone. */
function commands(content: StartMessageContent): string[] {
  const { project, secret, examplePath, handlers, mcpResource } = content;
  const [user] = project.users;
  if (user === undefined) return [];
  if (mcpResource !== undefined && !handlers.some(takesUsers)) return [];
  const url = secret.linkTo(`/api/v1/refresh_token?user=${encodeURIComponent(user.name)}`);
  return section(`Call it as ${short(user.name)}, in a second terminal`, [
    `  ${tokenCommand(url)}`,
    `  ${callCommand('$TOKEN', project.issuer.authUrl + examplePath)}`,
  ]);
}

function takesUsers({ access }: HandlerDescription): boolean {
  return access === 'user' || access === 'optional' || access === 'user-or-api-key';
}

/** Names come from seeds and sign-ups: one line of each, and not too much of it. */
function short(name: string): string {
  const line = name.replace(/\p{C}+/gu, ' ');
  return line.length > MAX_NAME_LENGTH ? `${line.slice(0, MAX_NAME_LENGTH - 1)}…` : line;
}
