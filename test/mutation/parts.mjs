/*
 * The parts of the code that is mutated, each with the suites that are tried with its mutants. A suite more takes time for each mutant that
 * none before it kills; a suite less, and what only it promises counts as untested.
 */
export const PARTS = {
  refusals: {
    code: ['lib/refusals/*.ts'],
    suites: [
      'lib/refusals/*.spec.ts',
      'test/refusals/*.spec.ts',
      'test/api/exception*.spec.ts',
      'test/webhooks/webhook.adapters.spec.ts',
    ],
  },
  tokens: {
    code: ['lib/callers/token/*.ts'],
    suites: [
      'lib/callers/token/*.spec.ts',
      'test/callers/token/*.spec.ts',
      'test/callers/identify.spec.ts',
    ],
  },
  callers: {
    code: ['lib/callers/*.ts', 'lib/callers/{api-key,credential-look-ups,mcp-token,step-up}/*.ts'],
    suites: [
      'lib/callers/*.spec.ts',
      'lib/callers/{api-key,mcp-token,step-up}/*.spec.ts',
      'test/callers/*.spec.ts',
      'test/callers/{api-key,step-up}/*.spec.ts',
      'test/mcp/{introspection,identify.adapters}.spec.ts',
      'test/refusals/credential-places.adapters.spec.ts',
      'test/service/*.spec.ts',
    ],
  },
  rules: {
    code: ['lib/rules/*.ts'],
    // Suites elsewhere run this code while they are loaded, so that a mutant that survives would take a minute in them.
    suites: ['lib/rules/*.spec.ts'],
  },
  guard: {
    code: ['lib/guard/*.ts'],
    suites: [
      'lib/guard/*.spec.ts',
      'test/decision/*.spec.ts',
      'test/guard/{copied-overrides,guard-order,guard-override,request-scope,without-module}.spec.ts',
      'test/mcp/{guard.adapters,modes-and-rules}.spec.ts',
      'test/refusals/http-answers.adapters.spec.ts',
      'test/rules/{impersonation,org-roles,user-mode}.spec.ts',
      'test/callers/step-up/*.spec.ts',
      'test/streams/event-streams.adapters.spec.ts',
      'test/transport/{rpc,websocket}/planted-faults.spec.ts',
      'test/transport/graphql/{planted-faults,resolvers}.adapters.spec.ts',
      'test/transport/external-calls.spec.ts',
      'test/webhooks/webhook.adapters.spec.ts',
    ],
  },
  'guard-mcp': {
    code: ['lib/guard/mcp/*.ts'],
    suites: ['lib/guard/mcp/*.spec.ts', 'test/mcp/nest/*.spec.ts'],
  },
};

/** The part that a run is about. */
export function chosenPart() {
  const { MUTATION_PART = 'refusals' } = process.env;
  return { name: MUTATION_PART, ...PARTS[MUTATION_PART] };
}
