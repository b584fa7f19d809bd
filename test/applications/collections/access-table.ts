import type { AccessTable } from 'nestjs-propelauth/testing';

const IN_TENANT = 'of the org in host {org}.example.com, active tenant';

/** Who may call which handler of the collections: only the limits are public. */
export const COLLECTIONS_TABLE: AccessTable = {
  'DELETE /infra/users/:id': `infra token: members ${IN_TENANT}`,
  'GET /collections': `user or personal access token with scope collections:read: members ${IN_TENANT}`,
  'PUT /collections/:id': `user or personal access token with scope collections:write: Admin and above ${IN_TENANT}, with collection`,
  'GET /teams': `user or personal access token: members ${IN_TENANT}`,
  'DELETE /teams/:id': `user or personal access token: Admin and above ${IN_TENANT}`,
  'GET /teams/limits': 'public',
};
