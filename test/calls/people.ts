import { TestIssuer, type TestEmulator, type TestUser } from 'nestjs-propelauth/testing';
import { emulatorOf } from '../support/emulator.js';
import { ACME, ACME_ID, GLOBEX_ID, ROLES, type KnownUser } from '../support/project.js';

const names = new Map([
  [ACME_ID, 'acme'],
  [GLOBEX_ID, 'globex'],
]);

/** When all calls happen. */
export const NOW = Date.UTC(2026, 0, 1);

export const issuer = await TestIssuer.create({ roles: ROLES });

/** The same project with a key that is not its own. */
export const forger = await TestIssuer.create({ roles: ROLES });

export const EMPLOYEE = 'employee';

export const alice = person('alice', { orgs: [{ ...ACME, role: 'Owner' }] });
export const carol = person('carol', { orgs: [{ ...ACME, role: 'Member' }] });
export const dave = person('dave', {});
export const impersonated: KnownUser = { ...alice, impersonatorUserId: EMPLOYEE };

/** A user with an id as PropelAuth gives it: PropelAuth is not asked about others. */
export function person(name: string, user: TestUser): KnownUser {
  const email = `${name}@example.com`;
  const userId = issuer.userId({ email });
  names.set(userId, name);
  return { email, ...user, userId };
}

/** PropelAuth for one application. It knows all users. */
export function startPropelAuth(): TestEmulator {
  return emulatorOf(issuer, [alice, carol, dave]);
}

/** Replaces ids by names, so that the table is the same in every run. */
export function withNames(text: string): string {
  let named = text;
  for (const [id, name] of names) named = named.replaceAll(id, name);
  return named;
}
