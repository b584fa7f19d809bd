import { buildSchema, parse, type GraphQLEnumType } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { coercedInputs } from './coerced-values.js';
import { CannotMakeUp, madeUpInputs, type Wish } from './made-up-values.js';
import { operationDocument } from './operation-document.js';
import { fieldNamed, type GraphqlField } from './schema-parts.js';

const SDL = `
  scalar Anything
  enum Order { NEWEST  OLDEST }
  input Range { from: Int!  to: Int  order: Order! }
  input Owner { orgId: ID!  note: String  also: [Owner!] }
  input Which @oneOf { which: Which  owner: Owner  id: ID }
  type Query {
    none: Int
    scalars(a: String!, b: ID!, c: Int!, d: Float!, e: Boolean!, f: Anything!, optional: String): Int
    lists(a: [Range!]!, b: [[Int!]!]!): Int
    nested(range: Range!, order: Order!): Int
    defaults(a: Int! = 3, order: Order! = OLDEST, range: Range! = { from: 1, order: NEWEST }): Int
    oneOf(which: Which!): Int
    org(input: Owner, which: Which): Int
  }
`;

const schema = buildSchema(SDL);
// Enum values of a code-first schema: resolvers get other values than clients send.
const order = schema.getType('Order') as GraphQLEnumType;
for (const value of order.getValues()) value.value = `order ${value.name}`;

function field(name: string): GraphqlField {
  return fieldNamed(schema, `Query.${name}`) as GraphqlField;
}

/** The arguments that GraphQL.js passes to resolvers, or its errors. */
function coercedByGraphql(name: string, args: Record<string, unknown>) {
  const { query, variables } = operationDocument('query', field(name), { own: args });
  const [operation] = parse(query).definitions;
  const { variableDefinitions = [] } = operation as { variableDefinitions?: never[] };
  const { coerced, errors = [] } = getVariableValues(schema, variableDefinitions, variables);
  expect(errors).toEqual([]);
  return Object.fromEntries(
    Object.entries(coerced ?? {}).map(([key, value]) => [key.replace('own_', ''), value]),
  );
}

const OWN: Wish[] = [{ path: ['input', 'orgId'], value: 'org' }];

describe('Arguments that toHold() generates', () => {
  it.each<[string, Wish[]]>([
    ['none', []],
    ['scalars', []],
    ['lists', []],
    ['nested', []],
    ['oneOf', []],
    ['oneOf', [{ path: ['which', 'owner', 'orgId'], value: 'org' }]],
    ['org', OWN],
    [
      'org',
      [
        { path: ['input', 'orgId'], value: 'org' },
        { path: ['which', 'id'], value: 'org' },
      ],
    ],
  ])('are valid for %s, and reach resolvers as GraphQL coerces them', (name, wishes) => {
    const args = madeUpInputs(field(name).args ?? [], wishes);
    expect(coercedInputs(field(name).args ?? [], args)).toEqual(coercedByGraphql(name, args));
  });

  it('are the required ones, and the organization if a source reads it', () => {
    expect(madeUpInputs(field('scalars').args ?? [], [])).not.toHaveProperty('optional');
    expect(madeUpInputs(field('org').args ?? [], OWN)).toEqual({ input: { orgId: 'org' } });
    expect(madeUpInputs(field('defaults').args ?? [], [])).toEqual({});
  });

  it('reach resolvers with the defaults of the schema', () => {
    expect(coercedInputs(field('defaults').args ?? [], {})).toEqual({
      a: 3,
      order: expect.anything(),
      range: expect.objectContaining({ from: 1 }),
    });
  });

  it('must be given if a scalar accepts no guess', () => {
    const picky = {
      name: 'Color',
      parseValue: () => undefined,
      [Symbol.toStringTag]: 'GraphQLScalarType',
    };
    const type = { ofType: picky, [Symbol.toStringTag]: 'GraphQLNonNull' };
    expect(() => madeUpInputs([{ name: 'color', type }], [])).toThrow(CannotMakeUp);
  });
});
