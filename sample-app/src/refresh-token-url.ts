/**
 * Where a person gets an access token: of PropelAuth for whoever is signed in, of the local issuer
 * for the one named.
 */
export function refreshTokenUrl(authUrl: string, user?: string): string {
  const url = new URL('/api/v1/refresh_token', authUrl);
  if (user !== undefined) url.searchParams.set('user', user);
  return url.href;
}
