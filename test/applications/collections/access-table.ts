import type { AccessTable } from 'nestjs-propelauth/testing';

/** Who may call which handler of the collections: none of them public. */
export const COLLECTIONS_TABLE: AccessTable = {
  'DELETE /infra/users/:id': 'infra token',
  'GET /orgs/:orgId/collections':
    'user or personal access token with scope collections:read: members of the org in path orgId',
  'PUT /orgs/:orgId/collections/:id':
    'user or personal access token with scope collections:write: Admin and above of the org in path orgId',
};
