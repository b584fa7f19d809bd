/**
 * The URL that returns an access token: PropelAuth returns one of the signed-in user, the local issuer one of the named user.
 */
export function refreshTokenUrl(authUrl: string, user?: string): string {
  const url = new URL('/api/v1/refresh_token', authUrl);
  if (user !== undefined) url.searchParams.set('user', user);
  return url.href;
}
