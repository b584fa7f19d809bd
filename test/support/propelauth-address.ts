const PROPELAUTH_ORIGIN = 'https://propelauth-api.com';

/**
 * Redirects what this process sends to PropelAuth, whose address is fixed in PropelAuth's own packages.
 *
 * @param origin where it goes instead
 * @returns ends the redirection
 */
export function redirectPropelAuth(origin: string): () => void {
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith(PROPELAUTH_ORIGIN)) return realFetch(input, init);
    return realFetch(url.replace(PROPELAUTH_ORIGIN, origin), init);
  };
  return () => {
    globalThis.fetch = realFetch;
  };
}
