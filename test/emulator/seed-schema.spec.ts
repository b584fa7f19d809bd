import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { readSeed, type Seed } from 'propelauth-emulator';
import { DEFAULT_SEED } from '../../emulator/src/seed/default-seed.js';

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly $defs: Readonly<Record<string, { properties?: object }>>;
}

const SCHEMA = readJson('emulator/seed.schema.json') as Schema;
const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

const SEEDS = [
  'sample-app/propelauth.emulator.json',
  'examples/basic/propelauth.emulator.json',
  'examples/saas/propelauth.emulator.json',
];

/** By definition, a seed in which something of this kind has an unknown key. */
const WITH_UNKNOWN_KEY: Record<string, object> = {
  role: { roles: [{ name: 'A', x: 1 }] },
  roleMapping: { roleMappings: [{ name: 'A', x: 1 }] },
  org: { orgs: [{ name: 'A', x: 1 }] },
  user: { users: [{ name: 'a', x: 1 }] },
  membership: { users: [{ name: 'a', orgs: [{ org: 'A', role: 'Owner', x: 1 }] }] },
  apiKey: { apiKeys: [{ key: 'k', x: 1 }] },
  invite: { invites: [{ email: 'x@y.z', org: 'A', role: 'Owner', x: 1 }] },
};

/** What readSeed() accepts and rejects, and a schema can know. */
const MISTAKES: object[] = [
  { user: [] },
  { users: {} },
  { users: ['alice'] },
  { users: [{}] },
  { users: [{ name: ' ' }] },
  { users: [{ name: 'alice', mfaEnabled: 'yes' }] },
  { users: [{ name: 'alice', properties: [] }] },
  { roleMappings: [{ roles: [] }] },
  { roles: [] },
  { roles: [{ permissions: [] }] },
  { roles: [{ name: 'A', permissions: [1] }] },
  { apiKeys: [{ user: 'alice' }] },
  { apiKeys: [{ key: 'k', imported: 'yes' }] },
  { apiKeys: [{ key: 'k', expiresInSeconds: 0.5 }] },
  { orgs: [{ name: 'A', maxUsers: '1' }] },
  { users: [{ name: 'alice', enabled: 0 }] },
  { invites: [{ email: 'x@y.z', org: 'A' }] },
  ...Object.values(WITH_UNKNOWN_KEY),
];

describe('seed.schema.json', () => {
  it('accepts the default seed', () => {
    expect(validate(DEFAULT_SEED)).toBe(true);
  });

  it.each(SEEDS)('accepts %s, as the emulator does', (file) => {
    const seed = readJson(file) as Seed;
    expect(() => readSeed(seed)).not.toThrow();
    validate(seed);
    expect(validate.errors).toBeNull();
  });

  it.each(MISTAKES.map((seed) => [seed]))('rejects %j, as the emulator does', (seed) => {
    expect(() => readSeed(seed as Seed)).toThrow('The seed is invalid');
    expect(validate(seed)).toBe(false);
  });

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
  try {
    readSeed(seed);
  } catch (error) {
    return /Known keys are (.*)\.$/.exec((error as Error).message)?.[1]?.split(', ') ?? [];
  }
  return [];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
