import { fileURLToPath } from 'node:url';
import { readLocalSeed } from 'nestjs-propelauth/local';

/** The users, organizations and API keys without a PropelAuth project. */
export const SEED_FILE = fileURLToPath(new URL('../local-users.json', import.meta.url));

const seed = readLocalSeed(SEED_FILE);

/** A user of the local issuer. */
export interface SampleUser {
  readonly name: string;
  /** The role in Acme; absent for a user without an organization. */
  readonly role?: string;
}

/** The only organization. */
export const ACME = seed.orgs[0] as { orgId: string; name: string };

export const USERS: readonly SampleUser[] = seed.users.map(({ name, orgs = [] }) => ({
  name,
  role: orgs.find(({ org }) => org === ACME.name)?.role,
}));
