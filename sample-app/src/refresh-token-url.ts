/** The URL at which PropelAuth returns an access token of the signed-in user. */
export function refreshTokenUrl(authUrl: string): string {
  return new URL('/api/v1/refresh_token', authUrl).href;
}
