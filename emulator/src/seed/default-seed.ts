import type { Seed } from './seed.js';

/** A user for each role, and one without an organization. */
export const DEFAULT_SEED: Seed = {
  roles: ['Owner', 'Admin', 'Member'],
  orgs: [{ name: 'Acme Inc' }],
  users: [
    { name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] },
    { name: 'bob', orgs: [{ org: 'Acme Inc', role: 'Admin' }] },
    { name: 'carol', orgs: [{ org: 'Acme Inc', role: 'Member' }] },
    { name: 'dave' },
  ],
};
