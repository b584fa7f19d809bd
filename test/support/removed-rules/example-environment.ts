import { API_KEY, AUTH_URL } from '../project.js';

/* The variables that the examples read when they are imported. Import this file before them. */
Object.assign(process.env, {
  PROPELAUTH_AUTH_URL: AUTH_URL,
  PROPELAUTH_API_KEY: API_KEY,
  PROPELAUTH_INTROSPECTION_CLIENT_ID: 'client',
  PROPELAUTH_INTROSPECTION_CLIENT_SECRET: 'secret',
});
