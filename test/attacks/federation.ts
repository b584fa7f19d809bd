import { bearer, attacksOn, requestText, VALID_TOKEN, type RequestAttack } from './attack.js';

const USER = '{ __typename: "User", id: "u1" }';
const POST = '{ __typename: "Post", id: "p1" }';

const send = (query: string, variables: unknown = {}, ...headers: string[]) =>
  requestText(
    'POST /graphql',
    ['Content-Type: application/json', ...headers],
    JSON.stringify({ query, variables }),
  );

const entities = (
  representations: string,
  selection = '... on User { posts } ... on Post { body }',
) => `{ _entities(representations: [${representations}]) { ${selection} } }`;

const BY_VARIABLE =
  'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { posts } ... on Post { body } } }';

/** Fields of entities that nobody without a user may reach, by way of `_entities`. */
const QUERIES: [string, string, unknown?][] = [
  ['an entity without a reference resolver', entities(USER)],
  ['an entity with a public reference', entities(POST)],
  ['both', entities(`${USER}, ${POST}`)],
  ['both, the other way around', entities(`${POST}, ${USER}`)],
  ['a hundred of them', entities(Array(100).fill(USER).join(', '))],
  ['an alias', `{ post: _entities(representations: [${POST}]) { ... on Post { body } } }`],
  ['aliases of the field', entities(POST, '... on Post { id: body body: id }')],
  [
    'a public operation before it',
    `{ post { body } _entities(representations: [${USER}]) { ... on User { posts } } }`,
  ],
  [
    'a public operation after it',
    `{ _entities(representations: [${POST}]) { ... on Post { body } } post { body } }`,
  ],
  ['a fragment', `${entities(USER, '...f')} fragment f on User { posts }`],
  ['nested fragments', entities(USER, '... on _Entity { ... on User { ... { posts } } }')],
  [
    '_service next to it',
    `{ _service { sdl } _entities(representations: [${USER}]) { ... on User { posts } } }`,
  ],
  ['a variable', BY_VARIABLE, { r: [{ __typename: 'User', id: 'u1' }] }],
  [
    'a variable that contains the field',
    BY_VARIABLE,
    {
      r: [
        { __typename: 'User', id: 'u1', posts: [] },
        { __typename: 'Post', id: 'p1', body: '' },
      ],
    },
  ],
  ['a representation of another type', BY_VARIABLE, { r: [{ __typename: 'Query', id: 'u1' }] }],
  ['a representation of a prototype', BY_VARIABLE, { r: [{ __typename: '__proto__', id: 'u1' }] }],
  [
    'a representation of constructor',
    BY_VARIABLE,
    { r: [{ __typename: 'constructor', id: 'u1' }] },
  ],
  ['a representation without a type', BY_VARIABLE, { r: [{ id: 'u1' }] }],
  ['a representation that is a string', BY_VARIABLE, { r: ['User'] }],
  ['a representation that is null', BY_VARIABLE, { r: [null] }],
  ['an operation that needs a user', '{ latest { body } }'],
];

export const FEDERATION_ATTACKS: RequestAttack[] = attacksOn(
  () => send(entities(`${USER}, ${POST}`), {}, bearer(VALID_TOKEN)),
  [200, 400],
  QUERIES.map(([what, query, variables]) => [
    `the fields of entities: ${what}`,
    () => send(query, variables),
  ]),
);
