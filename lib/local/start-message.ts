import type { LocalSecret } from './access/local-secret.js';
import type { LocalProject } from './local-project.js';
import type { OAuthClient } from './oauth/oauth-client.js';

/** What the console says at startup. It has links with the secret, and no token. */
export function localStartMessage(
  { issuer: { authUrl }, users }: LocalProject,
  secret: LocalSecret,
  client: OAuthClient | undefined,
): string {
  const [user] = users;
  return [
    `The local PropelAuth runs at ${authUrl}. Links with the secret that its pages need:`,
    '',
    `  ${secret.linkTo('/propelauth/users')}`,
    ...(client?.page.startsWith(`${authUrl}/`) ? [`  ${secret.linkTo(client.page)}`] : []),
    ...(user === undefined ? [] : ['', ...callAs(user.name, authUrl, secret)]),
    '',
  ].join('\n');
}

/** For any POSIX shell, with nothing in it that has to be installed besides curl. */
function callAs(user: string, authUrl: string, secret: LocalSecret): string[] {
  const url = secret.linkTo(`/api/v1/refresh_token?user=${encodeURIComponent(user)}`);
  const accessToken = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  return [
    `An access token of ${user}, for requests with curl:`,
    '',
    `  TOKEN=$(curl -s '${url}' | ${accessToken})`,
    `  curl -H "Authorization: Bearer $TOKEN" ${authUrl}/`,
  ];
}
