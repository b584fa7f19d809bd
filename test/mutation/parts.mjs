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
    suites: ['lib/callers/token/*.spec.ts'],
  },
  callers: {
    code: [
      'lib/callers/*.ts',
      'lib/callers/{api-key,credential-look-ups,mcp-token,step-up}/*.ts',
      'lib/service/caller-lookup.ts',
    ],
    suites: [
      'lib/callers/*.spec.ts',
      'lib/service/caller-lookup.spec.ts',
      'lib/callers/{api-key,credential-look-ups,mcp-token,step-up}/*.spec.ts',
    ],
  },
  rules: {
    code: ['lib/rules/*.ts'],
    // Suites elsewhere run this code while they are loaded, so that a mutant that survives would take a minute in them.
    suites: ['lib/rules/*.spec.ts'],
  },
  guard: {
    code: ['lib/guard/*.ts'],
    suites: ['lib/guard/*.spec.ts'],
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
