import { Controller, Get } from '@nestjs/common';
import {
  CurrentApiKey,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireUserOrApiKey,
  type ApiKey,
} from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../../support/application.js';

type KeyDescription = Parameters<typeof emulator.createApiKey>[0];

const ACME = { orgName: 'Acme Inc', role: 'Admin' };
const GRANTED = { role: 'admin', scopes: ['reports:read', 'reports:write'], limits: { rows: 10 } };

const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

@Controller()
class ScriptsController {
  @Get('contains')
  @RequireApiKey({ metadata: { role: 'admin', scopes: ['reports:write'], limits: { rows: 10 } } })
  contains(@CurrentApiKey() apiKey: ApiKey) {
    return { kind: apiKey.kind };
  }

  @Get('null')
  @RequireApiKey({ metadata: { revokedBy: null } })
  null() {
    return {};
  }

  @Get('prototype')
  @RequireApiKey({ metadata: parsed('{ "__proto__": {} }') })
  prototype() {
    return {};
  }

  @Get('constructor')
  @RequireApiKey({ metadata: { constructor: { name: 'Object' } } })
  ofConstructor() {
    return {};
  }

  @Get('objects')
  @RequireApiKey({ metadata: { grants: [{ on: 'reports', may: 'write' }] } })
  objects() {
    return {};
  }

  @Get('predicate')
  @RequireApiKey({ metadata: ({ admin }) => admin as boolean, words: 'admin' })
  predicate() {
    return {};
  }

  @Get('throws')
  @RequireApiKey({ metadata: ({ scopes }) => scopes.includes('write'), words: 'scope write' })
  throws() {
    return {};
  }

  @Get('promise')
  @RequireApiKey({
    metadata: (({ admin }: { admin?: boolean }) =>
      admin ? Promise.resolve(true) : Promise.reject(new Error('later'))) as never,
    words: 'admin',
  })
  promise() {
    return {};
  }

  @Get('changes')
  @RequireApiKey({ metadata: (metadata) => (metadata['admin'] = true), words: 'admin' })
  changes() {
    return {};
  }

  @Get('either')
  @RequireUserOrApiKey({ metadata: { role: 'admin' } })
  either() {
    return {};
  }

  @Get('any')
  @RequireApiKey()
  any(@CurrentApiKey('kind') kind: string) {
    return { kind };
  }

  @Get('personal')
  @RequireApiKey({ kind: 'personal' })
  personal() {
    return {};
  }

  @Get('org')
  @RequireApiKey({ kind: 'org' })
  org() {
    return {};
  }

  @Get('generic')
  @RequireApiKey({ kind: 'generic' })
  generic() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireApiKey()
  @RequireOrgMember()
  member() {
    return {};
  }
}

@Controller('imported')
class ImportedController {
  @Get()
  @RequireApiKey({ kind: 'imported' })
  imported() {
    return {};
  }
}

@Controller('levels')
@RequireApiKey({ metadata: { role: 'admin' } })
class LevelsController {
  @Get()
  @RequireApiKey({ metadata: { limits: { rows: 10 } } })
  both() {
    return {};
  }
}

class InheritingController extends LevelsController {
  @Get('inherited')
  override both() {
    return {};
  }
}
Controller('inheriting')(InheritingController);

const emulator = await createEmulator();
const user = { email: 'alice@example.com', orgs: [ACME, { orgName: 'Globex', role: 'Admin' }] };
const alice = { userId: emulator.addUser(user) };
const [acme, globex] = ['Acme Inc', 'Globex'].map((name) => emulator.issuer.orgId(name));

const { authUrl, apiKey } = emulator.issuer;
const start = (imported: boolean, ...controllers: (new () => object)[]) =>
  startApplication(
    {
      imports: [
        PropelAuthModule.forRoot({ authUrl, apiKey, apiKeys: { imported }, debugMode: true }),
      ],
      controllers,
    },
    () => {},
    (builder) => overridePropelAuth(builder, { emulator }),
  );
const application = await start(
  true,
  ScriptsController,
  ImportedController,
  LevelsController,
  InheritingController,
);
const withoutImported = await start(false, ScriptsController);

let count = 0;
const imported = () => ({ importedApiKey: `made-elsewhere-${(count += 1)}` });

async function send(path: string, key: KeyDescription, { url } = application) {
  const { status, body } = await request(url)
    .get(path)
    .set('X-API-Key', emulator.createApiKey(key));
  return { status, reason: (body as { reason?: string }).reason };
}

const lacking = (path: string, metadata: Record<string, unknown>) =>
  [path, { ...alice, metadata }, 403, 'metadata_mismatch'] as const;

type Attack = readonly [path: string, key: KeyDescription, status: number, reason?: string];

const ATTACKS: Record<string, Attack> = {
  'no metadata': ['/contains', alice, 403, 'metadata_mismatch'],
  'a value in another case': lacking('/contains', { ...GRANTED, role: 'Admin' }),
  'a value in a list': lacking('/contains', { ...GRANTED, role: ['admin'] }),
  'a value as a name': lacking('/contains', { ...GRANTED, role: { admin: true } }),
  'a text instead of a list': lacking('/contains', { ...GRANTED, scopes: 'reports:write' }),
  'several values in a text': lacking('/contains', { ...GRANTED, scopes: ['reports:write x'] }),
  'an object like a list': lacking('/contains', {
    ...GRANTED,
    scopes: { 0: 'reports:write', length: 1 },
  }),
  'a list in a list': lacking('/contains', { ...GRANTED, scopes: [['reports:write']] }),
  'a text instead of a number': lacking('/contains', { ...GRANTED, limits: { rows: '10' } }),
  'a list instead of an object': lacking('/contains', { ...GRANTED, limits: [{ rows: 10 }] }),
  'all of it one level deeper': lacking('/contains', { metadata: GRANTED }),
  'all of it under __proto__': lacking(
    '/contains',
    parsed(`{ "__proto__": ${JSON.stringify(GRANTED)} }`),
  ),
  'a part of it under __proto__': lacking(
    '/contains',
    parsed(
      '{ "role": "admin", "scopes": ["reports:write"], "limits": { "__proto__": { "rows": 10 } } }',
    ),
  ),
  'nothing where null is required': lacking('/null', {}),
  'an empty text where null is required': lacking('/null', { revokedBy: '' }),
  'a name that every object inherits': lacking('/constructor', { a: 1 }),
  'the prototype that every object has': lacking('/prototype', { a: 1 }),
  'one required object, spread over two': lacking('/objects', {
    grants: [
      { on: 'reports', may: 'read' },
      { on: 'users', may: 'write' },
    ],
  }),
  'a number that counts as true': lacking('/predicate', { admin: 1 }),
  'a text that counts as true': lacking('/predicate', { admin: 'true' }),
  'an object that counts as true': lacking('/predicate', { admin: {} }),
  'metadata that the predicate did not expect': ['/throws', { ...alice, metadata: {} }, 500],
  'a predicate that promises true': ['/promise', { ...alice, metadata: { admin: true } }, 500],
  'a predicate whose promise is rejected': ['/promise', { ...alice, metadata: {} }, 500],
  'a predicate that changes the metadata': ['/changes', { ...alice, metadata: {} }, 500],
  'a key where users pass without metadata': lacking('/either', { role: 'user' }),
  'the metadata of the handler alone': lacking('/levels', { limits: { rows: 10 } }),
  'the metadata of the class alone': lacking('/levels', { role: 'admin' }),
  'the metadata of the class alone, on an override': lacking('/inheriting/inherited', {
    role: 'admin',
  }),
  'a key without an owner, for an organization': [`/orgs/${acme}`, {}, 403, 'not_a_member'],
  'a key without an owner, for keys of organizations': ['/org', {}, 401, 'api_key_kind'],
  'a key without an owner, for personal keys': ['/personal', {}, 401, 'api_key_kind'],
  'a key without an owner, for imported ones': ['/imported', {}, 401, 'api_key_kind'],
  'a personal key, for generic ones': ['/generic', alice, 401, 'api_key_kind'],
  'an organization’s key, for imported ones': ['/imported', { orgId: acme }, 401, 'api_key_kind'],
  'an imported key, for personal ones': [
    '/personal',
    { ...imported(), ...alice },
    401,
    'api_key_kind',
  ],
  'an imported key, for keys of organizations': [
    '/org',
    { ...imported(), orgId: acme },
    401,
    'api_key_kind',
  ],
  'an imported key, for generic ones': ['/generic', imported(), 401, 'api_key_kind'],
  'an imported key without the metadata': ['/contains', imported(), 403, 'metadata_mismatch'],
  'an expired imported key': [
    '/any',
    { ...imported(), expiresInSeconds: -1 },
    401,
    'api_key_unknown',
  ],
  'an imported key without an owner, for an organization': [
    `/orgs/${acme}`,
    imported(),
    403,
    'not_a_member',
  ],
  'an organization’s imported key, for another': [
    `/orgs/${globex}`,
    { ...imported(), orgId: acme },
    403,
    'not_a_member',
  ],
};

describe('A key is rejected that has', () => {
  it.each(Object.entries(ATTACKS))('%s', async (_what, [path, key, status, reason]) => {
    expect(await send(path, key)).toEqual({ status, reason });
  });

  it('been imported, where the application does not accept such keys', async () => {
    const before = emulator.calls.length;
    for (const path of ['/any', '/contains', '/either', '/personal', `/orgs/${acme}`]) {
      const key = { ...imported(), ...alice, orgId: acme, metadata: GRANTED };
      const rejected = { status: 401, reason: 'api_key_unknown' };
      expect(await send(path, key, withoutImported)).toEqual(rejected);
    }
    const names = emulator.calls.slice(before).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['validateApiKey']));
  });
});

describe('A key is accepted that has', () => {
  it.each<[string, string, KeyDescription]>([
    ['the metadata', '/contains', { ...alice, metadata: GRANTED }],
    ['more than the metadata', '/contains', { metadata: { ...GRANTED, other: [{}] } }],
    ['the metadata, and was imported', '/contains', { ...imported(), metadata: GRANTED }],
    ['null where it is required', '/null', { metadata: { revokedBy: null } }],
    [
      'a property of its own called __proto__',
      '/prototype',
      { metadata: parsed('{"__proto__":{}}') },
    ],
    [
      'a property of its own called constructor',
      '/constructor',
      { metadata: { constructor: { name: 'Object' } } },
    ],
    [
      'one of several objects',
      '/objects',
      { metadata: { grants: [{ on: 'users' }, { may: 'write', on: 'reports' }] } },
    ],
    ['what the predicate requires', '/predicate', { metadata: { admin: true } }],
    ['the metadata of all levels', '/levels', { metadata: GRANTED }],
    ['the metadata of all levels, on an override', '/inheriting/inherited', { metadata: GRANTED }],
    ['been imported', '/imported', imported()],
    ['been imported for an organization', `/orgs/${acme}`, { ...imported(), orgId: acme }],
    ['been imported, where all are accepted', '/any', { ...imported(), ...alice }],
    ['no owner', '/generic', {}],
    ['a user', '/personal', alice],
    ['an organization', '/org', { orgId: acme }],
  ])('%s', async (_what, path, key) => {
    expect(await send(path, key)).toEqual({ status: 200 });
  });

  it('a kind, which the handler gets', async () => {
    const keys = [alice, { orgId: acme }, {}, { ...imported(), ...alice }];
    const kinds = await Promise.all(
      keys.map(async (key) => {
        const apiKeyText = emulator.createApiKey(key);
        const { body } = await request(application.url).get('/any').set('X-API-Key', apiKeyText);
        return (body as { kind: string }).kind;
      }),
    );
    expect(kinds).toEqual(['personal', 'org', 'generic', 'imported']);
  });
});

it('A user passes a rule about the metadata of keys', async () => {
  const authorization = await emulator.issuer.authorization(user);
  await request(application.url).get('/either').set('Authorization', authorization).expect(200);
});

it('The application fails to start with a rule about imported keys that it does not ask about', async () => {
  await expect(start(false, ImportedController)).rejects.toThrow(
    /GET \/imported.*imported.*Set apiKeys: \{ imported: true \}/,
  );
});
