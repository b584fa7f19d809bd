import { ORG_ID } from '../../tokens/person.mjs';
import { PropelAuthModule, RequireOrgRole, RequireUser } from '../../under-test/package.mjs';

const RULES = {
  user: () => RequireUser(),
  role: () => RequireOrgRole('Admin'),
  'asynchronous-role': () => RequireOrgRole('Admin', { org: async () => ({ orgId: ORG_ID }) }),
};

/** This package, set up as in its README. */
export function createProtection(verification, { rule = 'user', options = {} } = {}) {
  const propelAuth = PropelAuthModule.forRoot({
    authUrl: verification.issuer,
    apiKey: 'not-used-in-the-benchmark',
    manualTokenVerificationMetadata: verification,
    ...options,
  });
  return { decorators: [RULES[rule]()], module: { imports: [propelAuth] } };
}
