import type { HandlerDescription } from 'nestjs-propelauth';
import type { PropelAuthConfiguration } from './configuration/configuration.js';
import { refreshTokenUrl } from './refresh-token-url.js';

/** What the terminal says once the app listens with a PropelAuth project. It holds neither a token nor the API key. */
export function startMessage(
  { origin, authUrl }: PropelAuthConfiguration,
  handlers: readonly HandlerDescription[],
): string {
  return [
    '',
    `The sample app runs with the PropelAuth project at ${authUrl}`,
    '',
    `  App     ${origin}`,
    `  Docs    ${origin}/docs`,
    '',
    'Who may call which route',
    '',
    ...accessLines(handlers),
    '',
    `Sign in, open ${refreshTokenUrl(authUrl)} and put the access_token into this line:`,
    '',
    `  curl -H "Authorization: Bearer ACCESS_TOKEN" ${origin}/`,
    '',
  ].join('\n');
}

function accessLines(handlers: readonly HandlerDescription[]): string[] {
  const width = Math.max(...handlers.map(({ name }) => name.length));
  return handlers.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
}
