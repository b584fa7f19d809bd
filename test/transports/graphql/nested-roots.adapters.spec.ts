import type { Enhancer, GqlModuleOptions } from '@nestjs/graphql';
import type { RunningApplication } from '../../support/application.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../../support/graphql.js';
import { ACME_ID, alice, GLOBEX_ID, headersOf } from '../../support/project.js';
import { messageOf } from '../../support/start-error.js';
import { SCHEMA_FIRST, SCHEMAS, VaultResolver, ViewerResolver } from './nested-roots.js';

/** Documents that reach an operation without a rule below a public field. */
const PATHS = [
  '{ viewer { query { salaries } } }',
  '{ salaries: viewer { query { salaries } } }',
  '{ viewer { query { viewer { query { salaries } } } } }',
  '{ viewer { ...below } } fragment below on Viewer { query { ... on Query { salaries } } }',
  'mutation { subscribe { query { salaries } } }',
  'mutation { subscribe { mutation { hire } } }',
  'mutation { subscribe { node { ... on Viewer { query { salaries } } } } }',
];

const SECRET = /salaries for|hired by|reports of/;

function start(
  module: typeof graphqlModule,
  options: GqlModuleOptions,
  fieldResolverEnhancers: Enhancer[] = ['guards'],
): Promise<RunningApplication> {
  const areFieldsGuarded = fieldResolverEnhancers.includes('guards');
  const providers = areFieldsGuarded ? [ViewerResolver, VaultResolver] : [ViewerResolver];
  return startGuarded(
    { imports: [module({ ...options, fieldResolverEnhancers })], providers },
    { requireUserByDefault: true },
  );
}

describe.each(SCHEMAS)('An operation below a public field, %s', (_how, module, schema) => {
  describe.each<[string, Enhancer[]]>([
    ['where fields have guards', ['guards']],
    ['where fields have no guards', []],
  ])('%s', (_which, enhancers) => {
    let application: RunningApplication;
    beforeAll(async () => (application = await start(module, schema, enhancers)));

    it.each(PATHS)('requires a user under requireUserByDefault: %s', async (document) => {
      const answer = await send(application, document);
      expect(JSON.stringify(answer)).not.toMatch(SECRET);
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    });

    it.each(PATHS)('has the caller of its own decision: %s', async (document) => {
      const headers = await headersOf(issuer, alice);
      const answer = await send(application, document, headers);
      expect(codesOf(answer)).toEqual([]);
      expect(JSON.stringify(answer.data)).toMatch(/(salaries for|hired by) user-alice/);
    });

    it('is decided about in each row of a list and for each alias', async () => {
      const document = '{ viewers { query { a: salaries b: salaries } } }';
      const headers = await headersOf(issuer, alice);
      const query = { a: `salaries for ${alice.userId}`, b: `salaries for ${alice.userId}` };
      expect(await send(application, document, headers)).toEqual({
        data: { viewers: [{ query }, { query }] },
      });
      expect(codesOf(await send(application, document))).toEqual(Array(4).fill('UNAUTHENTICATED'));
    });

    it('is decided about by its own organization rule and arguments', async () => {
      const document = `{ viewer { query {
        own: reports(orgId: "${ACME_ID}") other: reports(orgId: "${GLOBEX_ID}")
      } } }`;
      const headers = await headersOf(issuer, alice);
      const answer = await send(application, document, headers);
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
      expect(answer.data).toEqual({
        viewer: { query: { own: `reports of ${ACME_ID} ${ACME_ID}`, other: null } },
      });
      expect(codesOf(await send(application, document))).toEqual([
        'UNAUTHENTICATED',
        'UNAUTHENTICATED',
      ]);
    });
  });

  it('opens the fields below it if it is public, and none below an operation that no guard checks', async () => {
    const application = await start(module, schema);
    const vault = 'vault { content }';
    expect(await send(application, '{ viewer { query { viewer { name } } } }')).toEqual({
      data: { viewer: { query: { viewer: { name: 'a visitor' } } } },
    });
    for (const document of [
      `{ viewer { query { ${vault} } } }`,
      `{ viewer: viewer { viewer: query { viewer: ${vault} } } }`,
      `mutation { subscribe { node { ... on Viewer { query { ${vault} } } } } }`,
    ]) {
      expect(codesOf(await send(application, document))).toEqual(['UNAUTHENTICATED']);
      const answer = await send(application, document, await headersOf(issuer, alice));
      expect(JSON.stringify(answer.data)).toContain('gold');
    }
  });
});

describe('A schema that leads back to its root types', () => {
  it('does not fail startup for fields below an operation that is below one without a guard', async () => {
    const typeDefs = `${String(SCHEMA_FIRST.typeDefs)} extend type Vault { query: Query }`;
    const starting = start(graphqlModule, { ...SCHEMA_FIRST, typeDefs }, []);
    expect(await messageOf(starting)).toBe('');
  });
});
