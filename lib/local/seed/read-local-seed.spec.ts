import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { DEFAULT_SEED } from './default-seed.js';
import type { LocalSeed } from './local-seed.interface.js';
import { readLocalSeed } from './read-local-seed.js';

const PEOPLE = [{ name: 'alice' }];
const ACME = { orgs: [{ name: 'Acme Inc' }] };

const FAILURES: [unknown, string][] = [
  [[], 'it has to be an object with roles, orgs, people, apiKeys.'],
  [{ people: PEOPLE, user: [] }, 'it has "user", which means nothing.'],
  [{}, 'people has to name at least one person.'],
  [{ people: {} }, 'people has to be a list.'],
  [{ people: ['alice'] }, 'people[0] has to be an object with name, userId,'],
  [{ people: [{}] }, 'people[0].name has to be a text that is not empty.'],
  [{ people: [...PEOPLE, ...PEOPLE] }, 'people[1].name is "alice" once more.'],
  [
    {
      people: [
        { name: 'a', email: 'x@y.z' },
        { name: 'b', email: 'x@y.z' },
      ],
    },
    'people[1].email is "x@y.z" once more.',
  ],
  [
    {
      people: [
        { name: 'a', email: 'x@y.z' },
        { name: 'b', email: 'X@Y.Z' },
      ],
    },
    'people[1].email is "X@Y.Z" once more.',
  ],
  [
    { people: [{ name: 'alice' }, { name: 'b', email: 'alice@example.com' }] },
    'people[1].email is "alice@example.com" once more.',
  ],
  [
    { people: [{ name: 'b', email: 'alice@example.com' }, { name: 'alice' }] },
    'people[1].name stands for the address "alice@example.com", which another person has. Give each an email.',
  ],
  [
    {
      people: [
        { name: 'a', userId: '1' },
        { name: 'b', userId: '1' },
      ],
    },
    'people[1].userId is "1" once more.',
  ],
  [{ people: [{ name: 'alice', mfaEnabled: 'yes' }] }, 'people[0].mfaEnabled has to be true'],
  [{ people: [{ name: 'alice', properties: [] }] }, 'people[0].properties has to be an object.'],
  [{ people: [{ name: 'alice', org: 'Acme Inc' }] }, 'people[0] has "org", which means nothing.'],
  [
    { ...ACME, people: [{ name: 'alice', orgs: [{ org: 'Acne', role: 'Admin' }] }] },
    'people[0].orgs[0].org is "Acne", which is not one of its orgs. There are Acme Inc.',
  ],
  [
    { people: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Admin' }] }] },
    'people[0].orgs[0].org is "Acme Inc", which is not one of its orgs. There are none.',
  ],
  [
    { ...ACME, people: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Admn' }] }] },
    'people[0].orgs[0].role is "Admn", which is not one of its roles. There are Owner, Admin, Member.',
  ],
  [
    {
      ...ACME,
      people: [
        {
          name: 'alice',
          orgs: [{ org: 'Acme Inc', role: 'Admin', additionalRoles: ['Boss'] }],
        },
      ],
    },
    'people[0].orgs[0].additionalRoles[0] is "Boss", which is not one of its roles.',
  ],
  [
    {
      ...ACME,
      people: [
        {
          name: 'alice',
          orgs: [
            { org: 'Acme Inc', role: 'Admin' },
            { org: 'Acme Inc', role: 'Owner' },
          ],
        },
      ],
    },
    'people[0].orgs[1].org is "Acme Inc" once more.',
  ],
  [{ people: PEOPLE, roles: [] }, 'roles names no role.'],
  [{ people: PEOPLE, roles: ['A', { name: 'A' }] }, 'roles[1].name is "A" once more.'],
  [{ people: PEOPLE, roles: [{ permissions: [] }] }, 'roles[0].name has to be a text'],
  [
    { people: PEOPLE, roles: [{ name: 'A', permissions: [1] }] },
    'roles[0].permissions[0] has to be a text',
  ],
  [
    {
      people: PEOPLE,
      orgs: [
        { name: 'A', orgId: '1' },
        { name: 'B', orgId: '1' },
      ],
    },
    'orgs[1].orgId is "1" once more.',
  ],
  [{ people: PEOPLE, apiKeys: [{ key: 'k' }] }, 'apiKeys[0].key belongs to nobody'],
  [
    { people: PEOPLE, apiKeys: [{ key: 'k', person: 'bob' }] },
    'apiKeys[0].person is "bob", which is not one of its people. There are alice.',
  ],
  [
    { ...ACME, people: PEOPLE, apiKeys: [{ key: 'k', person: 'alice', org: 'Acme Inc' }] },
    'apiKeys[0].key belongs to alice in Acme Inc, where alice is not.',
  ],
];

describe('readLocalSeed()', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'seed-'));
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('uses the default seed without one', () => {
    expect(readLocalSeed(DEFAULT_SEED)).toMatchObject({ ...DEFAULT_SEED, roles: [{}, {}, {}] });
  });

  it('fills in what is left out', () => {
    expect(readLocalSeed({ people: PEOPLE })).toEqual({
      roles: [{ name: 'Owner' }, { name: 'Admin' }, { name: 'Member' }],
      orgs: [],
      people: [{ name: 'alice', orgs: [] }],
      apiKeys: [],
    });
  });

  it('reads it from a file', () => {
    const file = join(directory, 'seed.json');
    writeFileSync(file, JSON.stringify({ people: PEOPLE }));
    expect(readLocalSeed(file)).toEqual(readLocalSeed({ people: PEOPLE }));
  });

  it.each(FAILURES)('rejects %j and says where and why', (seed, complaint) => {
    const { message } = failureOf(seed as LocalSeed);
    expect(message).toContain(`The seed cannot be used: ${complaint}`);
  });

  it('names the file in which something is wrong', () => {
    const file = join(directory, 'wrong.json');
    writeFileSync(file, '{}');
    expect(failureOf(file).message).toContain(`The seed ${file} cannot be used: people`);
    writeFileSync(file, '{');
    expect(failureOf(file).message).toContain(`The seed ${file} is not JSON`);
    const missing = join(directory, 'missing.json');
    expect(failureOf(missing).message).toContain(`The seed ${missing} cannot be read (ENOENT)`);
  });
});

function failureOf(source: string | LocalSeed): PropelAuthConfigurationError {
  try {
    readLocalSeed(source);
  } catch (error) {
    if (error instanceof PropelAuthConfigurationError) return error;
    throw error;
  }
  throw new Error('The seed was taken');
}
