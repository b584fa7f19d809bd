import { PropelAuthModule } from 'nestjs-propelauth';
import { API_KEY, AUTH_URL } from '../support/project.js';

/** What all samples import. */
export function propelAuth(options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]> = {}) {
  const settings = { authUrl: AUTH_URL, apiKey: API_KEY, requireUserByDefault: true };
  return PropelAuthModule.forRoot({ ...settings, ...options });
}
