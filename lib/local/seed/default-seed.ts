import type { LocalSeed } from './local-seed.interface.js';

/** Someone for each role, and someone who is in no organization. */
export const DEFAULT_SEED: LocalSeed = {
  roles: ['Owner', 'Admin', 'Member'],
  orgs: [{ name: 'Acme Inc' }],
  people: [
    { name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] },
    { name: 'bob', orgs: [{ org: 'Acme Inc', role: 'Admin' }] },
    { name: 'carol', orgs: [{ org: 'Acme Inc', role: 'Member' }] },
    { name: 'dave' },
  ],
};
