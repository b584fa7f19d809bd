/*
 * The folders whose code is mutated, and for each the suites that are tried with its mutants. A suite more takes time for each mutant that
 * none before it kills; a suite less, and what only it promises counts as untested.
 */
export const FOLDERS = {
  refusals: [
    'lib/refusals/*.spec.ts',
    'lib/callers/api-key/*.spec.ts',
    'test/refusals/*.spec.ts',
    'test/api/exception*.spec.ts',
    'test/webhooks/webhook.adapters.spec.ts',
  ],
  callers: [
    'lib/callers/**/*.spec.ts',
    'lib/service/*.spec.ts',
    'test/callers/**/*.spec.ts',
    'test/mcp/{introspection,modes-and-rules,present-user,present-user-bounds,identify.adapters,guard.adapters}.spec.ts',
    'test/refusals/credential-places.adapters.spec.ts',
    'test/service/*.spec.ts',
    'test/testing/mcp-tokens.spec.ts',
  ],
  rules: [
    'lib/rules/*.spec.ts',
    'test/audit/*.spec.ts',
    'test/decorators/*.spec.ts',
    'test/mcp/modes-and-rules.spec.ts',
    'test/org-sources/*.spec.ts',
    'test/rules/*.spec.ts',
    'test/swagger/rule-*.spec.ts',
    'test/webhooks/event-handlers.spec.ts',
  ],
  guard: [
    'lib/guard/*.spec.ts',
    'test/audit/{contradictions,graphql.adapters}.spec.ts',
    'test/decision/*.spec.ts',
    'test/guard/*.spec.ts',
    'test/mcp/**/*.spec.ts',
    'test/module/*.spec.ts',
    'test/refusals/*.spec.ts',
    'test/rules/{impersonation,user-mode,org-roles}.spec.ts',
    'test/streams/*.spec.ts',
    'test/transport/*.spec.ts',
    'test/transport/{http,rpc,websocket}/*.spec.ts',
    'test/transport/graphql/{federation,planted-faults,resolvers,subscriptions}.adapters.spec.ts',
  ],
};

/** Those that one run is about. */
export function chosenFolders() {
  const { MUTATION_FOLDER } = process.env;
  return MUTATION_FOLDER === undefined ? Object.keys(FOLDERS) : [MUTATION_FOLDER];
}
