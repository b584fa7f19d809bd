import { createProtection as createCachedProtection } from './nestjs-propelauth.mjs';

/** This package with its cache of verified tokens turned off. */
export function createProtection(verification) {
  return createCachedProtection(verification, { tokenCache: false });
}
