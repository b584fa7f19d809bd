import { jest } from '@jest/globals';
import { PropelAuthApiError, type PropelAuthApi } from 'nestjs-propelauth';
import { FakePropelAuthApi, TestIssuer } from 'nestjs-propelauth/testing';
import { createPropelAuthApi } from '../../lib/api/propel-auth-api.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { SUPPORTED_FUNCTIONS } from '../../lib/testing/fake-api/supported-functions.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { API_KEY, CREATED_AT, DOCUMENTED_CALLS, ORG_ID, USER_ID } from './documented-answers.js';

describe('FakePropelAuthApi and PropelAuth’s own client', () => {
  let propelAuth: PropelAuthServer;
  let real: PropelAuthApi;
  let issuer: TestIssuer;
  let fake: FakePropelAuthApi;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    real = createPropelAuthApi(
      new ResolvedOptions({ authUrl: 'https://auth.example.com', apiKey: 'the-api-key' }),
    );
    issuer = await TestIssuer.create();
  });

  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(CREATED_AT * 1000);
    fake = documentedProject(issuer);
    propelAuth.requests.length = 0;
  });

  it.each(DOCUMENTED_CALLS)('returns the same for $name', async (documented) => {
    const { call, request, status, body } = documented;
    propelAuth.answers({ status, body });
    const expected = await outcomeOf(() => call(real));
    expect(propelAuth.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([request]);
    expect(await outcomeOf(() => call(fake))).toEqual(expected);
  });

  it('returns the same for the verification key', async () => {
    propelAuth.answersWithKey(issuer.verifierKey);
    expect(await fake.fetchTokenVerificationMetadata()).toEqual(
      await real.fetchTokenVerificationMetadata(),
    );
  });

  it('is compared in every function that it supports', async () => {
    const called = new Set<string>(['fetchTokenVerificationMetadata']);
    const recorder = new Proxy(fake, {
      get(target, name) {
        called.add(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    for (const { call } of DOCUMENTED_CALLS) await outcomeOf(() => call(recorder));
    expect([...called].toSorted()).toEqual([...SUPPORTED_FUNCTIONS].toSorted());
  });
});

/** The project that the documented answers are about. */
function documentedProject(issuer: TestIssuer): FakePropelAuthApi {
  const fake = new FakePropelAuthApi({ issuer });
  fake.addUser(
    {
      userId: USER_ID,
      email: 'test@example.com',
      username: 'airbud3',
      firstName: 'Buddy',
      lastName: 'Framm',
      properties: { favorite_sport: 'basketball' },
      orgs: [
        {
          orgId: ORG_ID,
          orgName: 'Acme Inc',
          orgMetadata: { custom_key: 'customValue' },
          role: 'Admin',
          permissions: ['can_view_billing'],
        },
      ],
    },
    { mfaEnabled: true },
  );
  const { api_key_id: id, token, metadata } = API_KEY;
  fake.project.apiKeys.set(id, {
    id,
    token,
    metadata,
    isImported: false,
    isArchived: false,
    userId: USER_ID,
    orgId: ORG_ID,
    displayName: 'laptop',
    createdAt: CREATED_AT,
  });
  return fake;
}

/** What a call comes to: a value with its classes, or an error and its cause, with theirs and all that they say. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: withClasses(await call()) };
  } catch (error) {
    if (!(error instanceof PropelAuthApiError)) throw error;
    return { error: detailsOf(error), cause: detailsOf(error.cause as Error) };
  }
}

function detailsOf(error: Error): unknown {
  const { constructor, message, cause: _cause, stack: _stack, ...details } = error;
  return { constructor, message, details };
}

/** Marks what is of a class of its own, which a comparison would overlook. */
function withClasses(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withClasses);
  const entries = Object.entries(value).map(([name, entry]) => [name, withClasses(entry)]);
  return { class: value.constructor.name, ...(Object.fromEntries(entries) as object) };
}
