import type { HandlerDescription } from 'nestjs-propelauth';
import type { Configuration } from './configuration/configuration.js';
import { ACME, USERS, permissionsOf, type SampleUser } from './local-users.js';
import { refreshTokenUrl } from './refresh-token-url.js';

/** What the terminal says once the app listens. It holds neither a token nor the API key. */
export function startMessage(
  configuration: Configuration,
  handlers: readonly HandlerDescription[],
): string {
  const { origin } = configuration;
  return [
    '',
    configuration.mode === 'propelauth'
      ? `The sample app runs with the PropelAuth project at ${configuration.authUrl}`
      : 'The sample app runs with a local issuer, for development on this machine only',
    '',
    `  App     ${origin}`,
    `  Docs    ${origin}/docs`,
    '',
    'Who may call which route',
    '',
    ...accessLines(handlers),
    '',
    ...(configuration.mode === 'propelauth' ? howToSignIn(configuration.authUrl, origin) : users()),
    '',
  ].join('\n');
}

function accessLines(handlers: readonly HandlerDescription[]): string[] {
  const width = Math.max(...handlers.map(({ name }) => name.length));
  return handlers.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
}

function howToSignIn(authUrl: string, origin: string): string[] {
  return [
    `Sign in, open ${refreshTokenUrl(authUrl)} and put the access_token into this line:`,
    '',
    `  curl -H "Authorization: Bearer ACCESS_TOKEN" ${origin}/`,
  ];
}

function users(): string[] {
  return [
    `Users, with their roles and permissions in ${ACME.name} (${ACME.orgId})`,
    '',
    ...USERS.map((user) => `  ${describeUser(user)}`),
  ];
}

function describeUser({ name, role }: SampleUser): string {
  if (role === undefined) return `${name.padEnd(5)}  in no organization`;
  return `${name.padEnd(5)}  ${role.padEnd(6)}  ${permissionsOf(role).join(' ')}`.trimEnd();
}
