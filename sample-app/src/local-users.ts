import { fileURLToPath } from 'node:url';
import { readLocalSeed } from 'nestjs-propelauth/local';

/** Who there is without a PropelAuth project. */
export const SEED_FILE = fileURLToPath(new URL('../local-users.json', import.meta.url));

const seed = readLocalSeed(SEED_FILE);

/** Someone who can get an access token by name. */
export interface Person {
  readonly name: string;
  /** The role in Acme; left out for someone who is in no organization. */
  readonly role?: string;
}

/** The one organization. */
export const ACME = seed.orgs[0] as { orgId: string; name: string };

export const PEOPLE: readonly Person[] = seed.people.map(({ name, orgs = [] }) => ({
  name,
  role: orgs.find(({ org }) => org === ACME.name)?.role,
}));

/** What a role permits. */
export function permissionsOf(role: string): readonly string[] {
  return seed.roles.find(({ name }) => name === role)?.permissions ?? [];
}
