import { createClient } from '@propelauth/javascript';

declare global {
  /** Set by the bundler. */
  const AUTH_URL: string;
}

// For the tests, which run in the page.
Object.assign(globalThis, {
  client: createClient({ authUrl: AUTH_URL, enableBackgroundTokenRefresh: false }),
});
