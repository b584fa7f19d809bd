import * as fc from 'fast-check';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import { anyText } from './callers.arbitrary.js';

/** Mostly the organization of the tests. */
export const orgId: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(ACME_ID) },
  fc.constantFrom(GLOBEX_ID, '__proto__', 'constructor', '', 'acme-inc', `${ACME_ID} `),
  anyText(20),
);

/** A text in which some places have something else. */
export function mutated(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const splice = fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 5 }), anyText(5));
  return fc
    .tuple(texts, fc.array(splice, { minLength: 1, maxLength: 3 }))
    .map(([text, splices]) =>
      splices.reduce(
        (old, [at, count, more]) => old.slice(0, at) + more + old.slice(at + count),
        text,
      ),
    );
}

const QUERIES = [
  'me',
  'visitor',
  'report { id }',
  'script',
  'inPerson',
  '__typename',
  '__schema { queryType { name } }',
  'members(orgId: @)',
  'owners(orgId: @)',
  'report { secret(orgId: @) }',
];

const argument = fc.oneof(
  { weight: 4, arbitrary: orgId.map((id) => JSON.stringify(id)) },
  fc.constantFrom('$orgId', 'null', '7', '[]', '{}'),
);

/** A field under an alias, which is seldom that of another. */
const field = (names: readonly string[]) =>
  fc
    .tuple(fc.stringMatching(/^[a-z]{1,3}$/), fc.constantFrom(...names), argument)
    .map(([alias, name, id]) => `${alias}: ${name.replace('@', () => id)}`);

const selectionOf = (type: string, names: readonly string[]) =>
  fc.letrec<{ selection: string }>((tie) => {
    const fragment = (before: string) => tie('selection').map((inner) => `${before} ${inner}`);
    const part = fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      field(names),
      fragment('...'),
      fragment(`... on ${type}`),
      fragment('... @include(if: true)'),
    );
    return {
      selection: fc
        .array(part, { minLength: 1, maxLength: 4 })
        .map((parts) => `{ ${parts.join(' ')} }`),
    };
  }).selection;

/** Documents of GraphQL, most of them valid. */
export const document: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: selectionOf('Query', QUERIES) },
  selectionOf('Query', QUERIES).map((selection) => `query a($orgId: String!) ${selection}`),
  selectionOf('Mutation', ['change', 'withdraw']).map((selection) => `mutation ${selection}`),
  selectionOf('Subscription', ['ticks']).map((selection) => `subscription ${selection}`),
  selectionOf('Query', [...QUERIES, 'change', 'nothing']).map((selection) => `query ${selection}`),
);

/** What a client of GraphQL sends. */
export const operation: fc.Arbitrary<object> = fc.record(
  {
    query: fc.oneof(
      { weight: 8, arbitrary: document },
      mutated(document),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    variables: fc.oneof(
      { weight: 4, arbitrary: fc.record({ orgId: fc.oneof(orgId, fc.jsonValue()) }) },
      fc.jsonValue(),
    ),
    operationName: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      fc.constantFrom('a', '__proto__', 7),
    ),
    extensions: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, fc.jsonValue()),
  },
  { requiredKeys: ['query'] },
);
