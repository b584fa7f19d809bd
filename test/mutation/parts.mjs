/*
 * The parts of the code that is mutated, each with the suites that are tried with its mutants. A suite more takes time for each mutant that
 * none before it kills; a suite less, and what only it promises counts as untested.
 */
export const PARTS = {
  rejections: {
    code: ['lib/rejections/*.ts'],
    suites: [
      'lib/rejections/*.spec.ts',
      'test/rejections/*.spec.ts',
      'test/rules/application/access-rules.spec.ts',
      'test/propelauth/api/exception*.spec.ts',
    ],
  },
  tokens: {
    code: ['lib/callers/user/*.ts', 'lib/propelauth/backend/org-claims.ts'],
    suites: [
      'lib/callers/user/*.spec.ts',
      'lib/propelauth/backend/org-claims.spec.ts',
      'test/callers/user/*.spec.ts',
      'test/callers/identify.spec.ts',
      'test/options/production.spec.ts',
    ],
  },
  callers: {
    code: [
      'lib/callers/*.ts',
      'lib/callers/api-key/*.ts',
      'lib/propelauth/credential-look-ups/*.ts',
      'lib/mcp/callers/*.ts',
      'lib/service/caller-lookup.ts',
    ],
    suites: [
      'lib/callers/*.spec.ts',
      'test/rejections/credential-places.spec.ts',
      'lib/service/caller-lookup.spec.ts',
      'lib/callers/api-key/*.spec.ts',
      'lib/propelauth/credential-look-ups/*.spec.ts',
      'lib/mcp/callers/*.spec.ts',
      'test/callers/{authorize,identify,identify-requests,require-caller}.spec.ts',
      'test/callers/api-key/{api-keys,remembered-api-keys}.spec.ts',
      'test/callers/own/*.spec.ts',
      'test/decision/decision-events.spec.ts',
      'test/rules/global-rules*.spec.ts',
      'test/transports/hostile-headers.adapters.spec.ts',
      'test/mcp/origins.adapters.spec.ts',
      'test/mcp/{guard,identify,modes-and-rules,plugin,present-user,startup}.spec.ts',
      'test/startup/{contradictions,describe-access}.spec.ts',
      'test/swagger/{document,error-examples,one-summary}.spec.ts',
      'test/swagger/mcp.spec.ts',
      'test/telemetry/{calls,state}.spec.ts',
    ],
  },
  'own-callers': {
    code: ['lib/callers/own/*.ts'],
    suites: [
      'lib/callers/own/*.spec.ts',
      'lib/callers/kinds-of-callers.spec.ts',
      'lib/options/resolved-options.spec.ts',
      'test/callers/own/*.spec.ts',
      'test/callers/{identify,identify-requests}.spec.ts',
      'test/callers/user/{rotation,token-properties}.spec.ts',
      'test/live-access/live-access.spec.ts',
      'test/options/production.spec.ts',
      'test/rejections/credential-places.spec.ts',
      'test/rules/global-rules*.spec.ts',
      'test/startup/unchecked-orgs.spec.ts',
    ],
  },
  rules: {
    code: ['lib/rules/**/*.ts', '!lib/rules/org/sources/*.ts', 'lib/module/global-level-of.ts'],
    // More suites run this code while they are loaded, so that a mutant that survives would take a minute in them.
    suites: [
      'lib/rules/**/*.spec.ts',
      'lib/module/global-level-of.spec.ts',
      'test/rules/{account,any-of,application,decorators,step-up}/*.spec.ts',
      'test/rules/global-rules*.spec.ts',
      'test/callers/authorize.spec.ts',
      'test/live-access/new-memberships.spec.ts',
      'test/rules/org/sources/application-org-sources.spec.ts',
      'test/startup/describe-access.spec.ts',
      'test/startup/{contradictions,startup-audit,unchecked-orgs}.spec.ts',
      'test/swagger/{one-summary,rule-inputs}.spec.ts',
      'test/callers/api-key/api-keys.spec.ts',
      'test/mcp/modes-and-rules.spec.ts',
      'test/module/exemptions.spec.ts',
      'test/testing/expect-access.spec.ts',
    ],
  },
  guard: {
    code: ['lib/guard/*.ts'],
    suites: [
      'lib/guard/*.spec.ts',
      'test/guard/{guard-*,handlers,propel-auth-guard.adapters,without-module}.spec.ts',
      'test/rules/account/*.spec.ts',
      'test/rules/global-rules*.spec.ts',
      'test/callers/api-key/api-keys.spec.ts',
      'test/live-access/new-memberships.spec.ts',
      'test/mcp/modes-and-rules.spec.ts',
      'test/module/exemptions.spec.ts',
    ],
  },
  'live-access': {
    code: ['lib/live-access/*.ts'],
    suites: ['lib/live-access/*.spec.ts', 'test/live-access/*.spec.ts'],
  },
  'mcp-nest': {
    code: ['lib/mcp/nest/*.ts'],
    suites: [
      'lib/mcp/nest/*.spec.ts',
      'test/mcp/nest/*.spec.ts',
      'test/mcp/official-sdk.adapters.spec.ts',
      'test/startup/unchecked-orgs.spec.ts',
    ],
  },
};

/** The part that a run is about. */
export function chosenPart() {
  const { MUTATION_PART = 'rejections' } = process.env;
  return { name: MUTATION_PART, ...PARTS[MUTATION_PART] };
}
