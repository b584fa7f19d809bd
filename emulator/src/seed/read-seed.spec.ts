import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { EmulatorError } from '../emulator.error.js';
import { DEFAULT_SEED } from './default-seed.js';
import type { Seed } from './seed.js';
import { readSeed } from './read-seed.js';

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly $defs: Readonly<Record<string, { properties?: object }>>;
}

const SCHEMA = readJson('emulator/seed.schema.json') as Schema;
const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

const USERS = [{ name: 'alice' }];
const ACME = { orgs: [{ name: 'Acme Inc' }] };
const PAID = { name: 'Paid' };
const OWNER = { name: 'Owner' };

const user = (fields: object) => ({ ...ACME, users: [{ name: 'alice', ...fields }] });
const both = (one: object, other: object) => ({
  users: [
    { name: 'a', ...one },
    { name: 'b', ...other },
  ],
});
const memberOf = (org: string, role: string, more: object = {}) => ({ org, role, ...more });
const member = (...memberships: object[]) => user({ orgs: memberships });
const invite = (fields: object) => ({ ...ACME, invites: [{ email: 'x@y.z', ...fields }] });

/** What only readSeed() can know: names that have to be known, or to be used once. */
const FAILURES: [seed: unknown, problem: string][] = [
  [{ roleMappings: [PAID, PAID] }, 'roleMappings[1].name is a duplicate: "Paid".'],
  [
    { roleMappings: [{ ...PAID, roles: [{ name: 'Ownr' }] }] },
    'roleMappings[0].roles[0].name is "Ownr", which is not one of the roles. Use one of Owner, Admin, Member.',
  ],
  [
    { roleMappings: [{ ...PAID, roles: [OWNER, OWNER] }] },
    'roleMappings[0].roles[1].name is a duplicate: "Owner".',
  ],
  [
    { roleMappings: [PAID], orgs: [{ name: 'Acme Inc', roleMapping: 'Piad' }] },
    'orgs[0].roleMapping is "Piad", which is not one of the roleMappings. Use one of Paid.',
  ],
  [
    invite({ org: 'Acme', role: 'Owner' }),
    'invites[0].org is "Acme", which is not one of the orgs. Use one of Acme Inc.',
  ],
  [
    invite({ org: 'Acme Inc', role: 'Ownr' }),
    'invites[0].role is "Ownr", which is not one of the roles.',
  ],
  [
    invite({ org: 'Acme Inc', role: 'Owner', additionalRoles: ['Admn'] }),
    'invites[0].additionalRoles[0] is "Admn", which is not one of the roles.',
  ],
  [{ users: [...USERS, ...USERS] }, 'users[1].name is a duplicate: "alice".'],
  [both({ email: 'x@y.z' }, { email: 'x@y.z' }), 'users[1].email is a duplicate: "x@y.z".'],
  [both({ email: 'x@y.z' }, { email: 'X@Y.Z' }), 'users[1].email is a duplicate: "X@Y.Z".'],
  [both({}, { email: 'a@example.com' }), 'users[1].email is a duplicate: "a@example.com".'],
  [
    both({ email: 'b@example.com' }, {}),
    'users[1].name defaults to the email "b@example.com", which another user has. Give each an email.',
  ],
  [both({ userId: '1' }, { userId: '1' }), 'users[1].userId is a duplicate: "1".'],
  [
    member(memberOf('Acne', 'Admin')),
    'users[0].orgs[0].org is "Acne", which is not one of the orgs. Use one of Acme Inc.',
  ],
  [
    { ...member(memberOf('Acme Inc', 'Admin')), orgs: [] },
    'users[0].orgs[0].org is "Acme Inc", which is not one of the orgs. The seed has no orgs.',
  ],
  [
    member(memberOf('Acme Inc', 'Admn')),
    'users[0].orgs[0].role is "Admn", which is not one of the roles. Use one of Owner, Admin, Member.',
  ],
  [
    member(memberOf('Acme Inc', 'Admin', { additionalRoles: ['Boss'] })),
    'users[0].orgs[0].additionalRoles[0] is "Boss", which is not one of the roles.',
  ],
  [
    member(memberOf('Acme Inc', 'Admin'), memberOf('Acme Inc', 'Owner')),
    'users[0].orgs[1].org is a duplicate: "Acme Inc".',
  ],
  [{ roles: ['A', { name: 'A' }] }, 'roles[1].name is a duplicate: "A".'],
  [
    { orgs: ['A', 'B'].map((name) => ({ name, orgId: '1' })) },
    'orgs[1].orgId is a duplicate: "1".',
  ],
  [
    { users: USERS, apiKeys: [{ key: 'k', user: 'bob' }] },
    'apiKeys[0].user is "bob", which is not one of the users. Use one of alice.',
  ],
  [
    { ...user({}), apiKeys: [{ key: 'k', user: 'alice', org: 'Acme Inc' }] },
    'apiKeys[0].key belongs to alice in Acme Inc, but alice is not a member.',
  ],
];

/** By definition, a seed in which something of this kind has an unknown key. */
const WITH_UNKNOWN_KEY: Record<string, object> = {
  role: { roles: [{ name: 'A', x: 1 }] },
  roleMapping: { roleMappings: [{ name: 'A', x: 1 }] },
  org: { orgs: [{ name: 'A', x: 1 }] },
  user: { users: [{ name: 'a', x: 1 }] },
  membership: member(memberOf('A', 'Owner', { x: 1 })),
  apiKey: { apiKeys: [{ key: 'k', x: 1 }] },
  invite: invite({ org: 'A', role: 'Owner', x: 1 }),
};

/** What a schema can know, too. */
const OF_SCHEMA: [seed: unknown, problem: string][] = [
  [
    [],
    'it has to be an object with the keys $schema, roles, roleMappings, orgs, users, apiKeys, invites.',
  ],
  [{ users: USERS, user: [] }, 'it has the unknown key "user".'],
  [{ users: {} }, 'users has to be a list.'],
  [{ users: ['alice'] }, 'users[0] has to be an object with the keys name, userId,'],
  [{ users: [{}] }, 'users[0].name has to be a non-empty string.'],
  [{ users: [{ name: ' ' }] }, 'users[0].name has to be a non-empty string.'],
  [user({ mfaEnabled: 'yes' }), 'users[0].mfaEnabled has to be true'],
  [user({ enabled: 0 }), 'users[0].enabled has to be true'],
  [user({ properties: [] }), 'users[0].properties has to be an object.'],
  [user({ org: 'Acme Inc' }), 'users[0] has the unknown key "org".'],
  [{ roleMappings: [{ roles: [] }] }, 'roleMappings[0].name has to be a non-empty string'],
  [{ roles: [] }, 'roles is empty.'],
  [{ roles: [{ permissions: [] }] }, 'roles[0].name has to be a non-empty string'],
  [
    { roles: [{ name: 'A', permissions: [1] }] },
    'roles[0].permissions[0] has to be a non-empty string',
  ],
  [{ apiKeys: [{ user: 'alice' }] }, 'apiKeys[0].key has to be a non-empty string'],
  [{ apiKeys: [{ key: 'k', imported: 'yes' }] }, 'apiKeys[0].imported has to be true or false.'],
  [{ apiKeys: [{ key: 'k', expiresInSeconds: 0.5 }] }, 'apiKeys[0].expiresInSeconds has to be'],
  [{ orgs: [{ name: 'A', maxUsers: '1' }] }, 'orgs[0].maxUsers has to be'],
  [invite({ org: 'Acme Inc' }), 'invites[0].role has to be a non-empty string'],
  ...Object.values(WITH_UNKNOWN_KEY).map((seed): [object, string] => [seed, '']),
];

describe('readSeed()', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'seed-'));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('uses the default seed if none is given', () => {
    expect(readSeed(DEFAULT_SEED)).toMatchObject({ ...DEFAULT_SEED, roles: [{}, {}, {}] });
  });

  it('fills in the defaults', () => {
    expect(readSeed({ users: USERS })).toEqual({
      roles: [{ name: 'Owner' }, { name: 'Admin' }, { name: 'Member' }],
      roleMappings: [],
      orgs: [],
      users: [{ name: 'alice', orgs: [] }],
      apiKeys: [],
      invites: [],
    });
  });

  it.each([
    ['', 'a file'],
    ['\uFEFF', 'a file that starts with a byte order mark, as editors on Windows write it'],
  ])('reads the seed after %j from %s', (start) => {
    const file = join(directory, 'seed.json');
    writeFileSync(file, start + JSON.stringify({ users: USERS }));
    expect(readSeed(file)).toEqual(readSeed({ users: USERS }));
  });

  it.each(FAILURES)('rejects %j and names the place and the problem', (seed, problem) => {
    expect(failureOf(seed).message).toContain(`The seed is invalid: ${problem}`);
  });

  it.each(OF_SCHEMA)('rejects %j, and so does seed.schema.json', (seed, problem) => {
    expect(failureOf(seed).message).toContain(`The seed is invalid: ${problem}`);
    expect(validate(seed)).toBe(false);
  });

  it('names the invalid file', () => {
    const file = join(directory, 'wrong.json');
    writeFileSync(file, '{"users": 1}');
    expect(failureOf(file).message).toContain(`The seed ${file} is invalid: users`);
    writeFileSync(file, '{');
    expect(failureOf(file).message).toContain(`The seed ${file} is not JSON`);
    const missing = join(directory, 'missing.json');
    expect(failureOf(missing).message).toContain(
      `The seed ${missing} cannot be read from ${missing} (ENOENT)`,
    );
  });
});

describe('seed.schema.json', () => {
  it('accepts the default seed', () => {
    expect(validate(DEFAULT_SEED)).toBe(true);
  });

  it.each(['sample-app', 'examples/basic', 'examples/saas'])(
    'accepts the seed of %s, as the emulator does',
    (folder) => {
      const seed = readJson(`${folder}/propelauth.emulator.json`) as Seed;
      expect(() => readSeed(seed)).not.toThrow();
      validate(seed);
      expect(validate.errors).toBeNull();
    },
  );

  it('has the keys that the emulator reads', () => {
    expect(Object.keys(SCHEMA.properties)).toEqual(knownKeys({ x: 1 }));
    for (const [kind, seed] of Object.entries(WITH_UNKNOWN_KEY)) {
      const { properties = {} } = SCHEMA.$defs[kind] ?? {};
      expect([kind, ...Object.keys(properties)]).toEqual([kind, ...knownKeys(seed)]);
    }
  });
});

/** The keys that the message about an unknown one lists. */
function knownKeys(seed: object): string[] {
  return /Known keys are (.*)\.$/.exec(failureOf(seed).message)?.[1]?.split(', ') ?? [];
}

function failureOf(source: unknown): EmulatorError {
  try {
    readSeed(source as string | Seed);
  } catch (error) {
    if (error instanceof EmulatorError) return error;
    throw error;
  }
  throw new Error('The seed was accepted');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
