import { createApplication as createCachedApplication } from './nestjs-propelauth.mjs';

/** This package with its cache of verified tokens turned off. */
export function createApplication(verification) {
  return createCachedApplication(verification, { tokenCache: false });
}
