import { API_KEY, AUTH_URL } from '../support/project.js';

/** The options of `PropelAuthModule` in all samples. */
export const settings = { authUrl: AUTH_URL, apiKey: API_KEY, requireUserByDefault: true };
