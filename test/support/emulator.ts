import type { PropelAuthApi } from 'nestjs-propelauth';
import { TestEmulator, type TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { createPropelAuthApi } from '../../lib/propelauth/api/propel-auth-api.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';

/** An emulator of an issuer that there is: generating a key takes longer than most tests. */
export function emulatorOf(issuer: TestIssuer, users: readonly TestUser[] = []): TestEmulator {
  const emulator = new TestEmulator(issuer);
  for (const user of users) emulator.addUser(user);
  return emulator;
}

/** `PropelAuthApi` as an application under `overridePropelAuth()` has it. */
export function apiOf({ issuer, fetch }: TestEmulator): PropelAuthApi {
  return createPropelAuthApi(new ResolvedOptions(issuer.moduleOptions, fetch));
}
