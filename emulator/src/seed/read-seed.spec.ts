import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmulatorError } from '../emulator.error.js';
import { DEFAULT_SEED } from './default-seed.js';
import type { Seed } from './seed.js';
import { readSeed } from './read-seed.js';

const USERS = [{ name: 'alice' }];
const ACME = { orgs: [{ name: 'Acme Inc' }] };

const FAILURES: [unknown, string][] = [
  [
    [],
    'it has to be an object with the keys $schema, roles, roleMappings, orgs, users, apiKeys, invites.',
  ],
  [
    { roleMappings: [{ name: 'Paid' }, { name: 'Paid' }] },
    'roleMappings[1].name is a duplicate: "Paid".',
  ],
  [
    { roleMappings: [{ name: 'Paid', roles: [{ name: 'Ownr' }] }] },
    'roleMappings[0].roles[0].name is "Ownr", which is not one of the roles. Use one of Owner, Admin, Member.',
  ],
  [
    { roleMappings: [{ name: 'Paid', roles: [{ name: 'Owner' }, { name: 'Owner' }] }] },
    'roleMappings[0].roles[1].name is a duplicate: "Owner".',
  ],
  [
    { roleMappings: [{ name: 'Paid' }], orgs: [{ name: 'Acme Inc', roleMapping: 'Piad' }] },
    'orgs[0].roleMapping is "Piad", which is not one of the roleMappings. Use one of Paid.',
  ],
  [{ users: USERS, user: [] }, 'it has the unknown key "user".'],
  [
    { ...ACME, invites: [{ email: 'x@y.z', org: 'Acme', role: 'Owner' }] },
    'invites[0].org is "Acme", which is not one of the orgs. Use one of Acme Inc.',
  ],
  [
    { ...ACME, invites: [{ email: 'x@y.z', org: 'Acme Inc', role: 'Ownr' }] },
    'invites[0].role is "Ownr", which is not one of the roles.',
  ],
  [
    {
      ...ACME,
      invites: [{ email: 'x@y.z', org: 'Acme Inc', role: 'Owner', additionalRoles: ['Admn'] }],
    },
    'invites[0].additionalRoles[0] is "Admn", which is not one of the roles.',
  ],
  [{ users: {} }, 'users has to be a list.'],
  [{ users: ['alice'] }, 'users[0] has to be an object with the keys name, userId,'],
  [{ users: [{}] }, 'users[0].name has to be a non-empty string.'],
  [{ users: [...USERS, ...USERS] }, 'users[1].name is a duplicate: "alice".'],
  [
    {
      users: [
        { name: 'a', email: 'x@y.z' },
        { name: 'b', email: 'x@y.z' },
      ],
    },
    'users[1].email is a duplicate: "x@y.z".',
  ],
  [
    {
      users: [
        { name: 'a', email: 'x@y.z' },
        { name: 'b', email: 'X@Y.Z' },
      ],
    },
    'users[1].email is a duplicate: "X@Y.Z".',
  ],
  [
    { users: [{ name: 'alice' }, { name: 'b', email: 'alice@example.com' }] },
    'users[1].email is a duplicate: "alice@example.com".',
  ],
  [
    { users: [{ name: 'b', email: 'alice@example.com' }, { name: 'alice' }] },
    'users[1].name defaults to the email "alice@example.com", which another user has. Give each an email.',
  ],
  [
    {
      users: [
        { name: 'a', userId: '1' },
        { name: 'b', userId: '1' },
      ],
    },
    'users[1].userId is a duplicate: "1".',
  ],
  [{ users: [{ name: 'alice', mfaEnabled: 'yes' }] }, 'users[0].mfaEnabled has to be true'],
  [{ users: [{ name: 'alice', properties: [] }] }, 'users[0].properties has to be an object.'],
  [{ users: [{ name: 'alice', org: 'Acme Inc' }] }, 'users[0] has the unknown key "org".'],
  [
    { ...ACME, users: [{ name: 'alice', orgs: [{ org: 'Acne', role: 'Admin' }] }] },
    'users[0].orgs[0].org is "Acne", which is not one of the orgs. Use one of Acme Inc.',
  ],
  [
    { users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Admin' }] }] },
    'users[0].orgs[0].org is "Acme Inc", which is not one of the orgs. The seed has no orgs.',
  ],
  [
    { ...ACME, users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Admn' }] }] },
    'users[0].orgs[0].role is "Admn", which is not one of the roles. Use one of Owner, Admin, Member.',
  ],
  [
    {
      ...ACME,
      users: [
        {
          name: 'alice',
          orgs: [{ org: 'Acme Inc', role: 'Admin', additionalRoles: ['Boss'] }],
        },
      ],
    },
    'users[0].orgs[0].additionalRoles[0] is "Boss", which is not one of the roles.',
  ],
  [
    {
      ...ACME,
      users: [
        {
          name: 'alice',
          orgs: [
            { org: 'Acme Inc', role: 'Admin' },
            { org: 'Acme Inc', role: 'Owner' },
          ],
        },
      ],
    },
    'users[0].orgs[1].org is a duplicate: "Acme Inc".',
  ],
  [{ users: USERS, roles: [] }, 'roles is empty.'],
  [{ users: USERS, roles: ['A', { name: 'A' }] }, 'roles[1].name is a duplicate: "A".'],
  [{ users: USERS, roles: [{ permissions: [] }] }, 'roles[0].name has to be a non-empty string'],
  [
    { users: USERS, roles: [{ name: 'A', permissions: [1] }] },
    'roles[0].permissions[0] has to be a non-empty string',
  ],
  [
    {
      users: USERS,
      orgs: [
        { name: 'A', orgId: '1' },
        { name: 'B', orgId: '1' },
      ],
    },
    'orgs[1].orgId is a duplicate: "1".',
  ],
  [{ apiKeys: [{ key: 'k', imported: 'yes' }] }, 'apiKeys[0].imported has to be true or false.'],
  [
    { users: USERS, apiKeys: [{ key: 'k', user: 'bob' }] },
    'apiKeys[0].user is "bob", which is not one of the users. Use one of alice.',
  ],
  [
    { ...ACME, users: USERS, apiKeys: [{ key: 'k', user: 'alice', org: 'Acme Inc' }] },
    'apiKeys[0].key belongs to alice in Acme Inc, but alice is not a member.',
  ],
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

  it('reads the seed from a file', () => {
    const file = join(directory, 'seed.json');
    writeFileSync(file, JSON.stringify({ users: USERS }));
    expect(readSeed(file)).toEqual(readSeed({ users: USERS }));
  });

  it('reads a file that starts with a byte order mark, as editors on Windows write it', () => {
    const file = join(directory, 'byte-order-mark.json');
    writeFileSync(file, `\uFEFF${JSON.stringify({ users: USERS })}`);
    expect(readSeed(file)).toEqual(readSeed({ users: USERS }));
  });

  it.each(FAILURES)('rejects %j and names the place and the problem', (seed, problem) => {
    const { message } = failureOf(seed as Seed);
    expect(message).toContain(`The seed is invalid: ${problem}`);
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

function failureOf(source: string | Seed): EmulatorError {
  try {
    readSeed(source);
  } catch (error) {
    if (error instanceof EmulatorError) return error;
    throw error;
  }
  throw new Error('The seed was accepted');
}
