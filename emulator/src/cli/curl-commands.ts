/** A command that sets `TOKEN`, for any POSIX shell, with nothing in it that has to be installed besides curl. It prints why there is no token. */
export function tokenCommand(refreshTokenUrl: string): string {
  const accessToken = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  return `TOKEN=$(curl -fsS '${refreshTokenUrl}' | ${accessToken})`;
}

/** A command that calls a URL with an access token. */
export function callCommand(token: string, url: string): string {
  return `curl -H "Authorization: Bearer ${token}" ${url}`;
}
