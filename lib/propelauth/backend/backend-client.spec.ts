import { once } from 'node:events';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { OrgMemberInfo } from '@propelauth/node-apis';
import {
  acmeAsOrg,
  aliceAsUser,
  aliceInAcme,
  API_KEY_OF_ALICE,
  orgKey,
  orgKeyOfMember,
  personalKey,
  rateLimitedKey,
  unknownKey,
} from '../../../test/callers/api-key/api-keys.js';
import { endless, failuresInsteadOf } from '../../../test/propelauth/backend/failures.js';
import { recordingBody } from '../../../test/propelauth/backend/recording-body.js';
import { hanging } from '../../../test/propelauth/backend/timeouts.js';
import { closedPort } from '../../../test/support/closed-port.js';
import { API_KEY, AUTH_URL, GLOBEX_ID } from '../../../test/support/project.js';
import { PropelAuthServer, type Answer } from '../../../test/support/propelauth-server.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { BackendClient } from './backend-client.js';
import { unavailable } from '../../rejections/rejection.js';

const GRANT = 'f374f738cc765ba468d62c61f30b1709';
const stepUp = { userId: 'user-alice', actionType: 'DELETE_ORG', grant: GRANT };

let propelAuth: PropelAuthServer;
let calls: BackendClient;

beforeAll(async () => {
  Logger.overrideLogger(false);
  propelAuth = await PropelAuthServer.start();
});

beforeEach(() => {
  calls = new BackendClient(
    new ResolvedOptions({ authUrl: `${AUTH_URL}:8443`, apiKey: API_KEY, apiTimeoutMs: 1234 }),
  );
});

afterEach(() => {
  propelAuth.requests.length = 0;
});

/** The error with which a call fails. */
function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    (result) => new Error(`There was no failure, but ${inspect(result)}`),
    (error: unknown) => error as Error,
  );
}

const JSON_TYPE = { headers: { 'content-type': 'application/json' } };

/** A body that never ends and cannot be cancelled. */
function silentBody(): ReadableStream {
  return new ReadableStream({ cancel: () => new Promise(() => {}) });
}

/** Validates a key whose response has this body. */
function validate(body: unknown) {
  propelAuth.answers({ status: 200, body });
  return calls.validateApiKey(API_KEY_OF_ALICE);
}

/** Verifies a grant whose response has this status and body. */
function verify(status: number, body: unknown) {
  propelAuth.answers({ status, body });
  return calls.verifyStepUpGrant(stepUp);
}

describe.each([
  {
    name: 'validateApiKey',
    call: () => calls.validateApiKey(API_KEY_OF_ALICE),
    path: '/api/backend/v1/end_user_api_keys/validate',
    sent: { api_key_token: API_KEY_OF_ALICE },
    yes: personalKey,
  },
  {
    name: 'verifyStepUpGrant',
    call: () => calls.verifyStepUpGrant(stepUp),
    path: '/api/backend/v1/mfa/step-up/verify-grant',
    sent: { action_type: 'DELETE_ORG', user_id: 'user-alice', grant: GRANT },
    yes: {},
  },
])('BackendClient.$name', ({ call, path, sent, yes }) => {
  it('sends one request, with the API key and the host of the project', async () => {
    const { bodies, answer } = recordingBody({ status: 200, body: yes });
    propelAuth.answers(answer);
    await call();
    expect(bodies).toEqual([sent]);
    expect(propelAuth.requests).toEqual([
      {
        method: 'POST',
        path,
        headers: expect.objectContaining({
          authorization: `Bearer ${API_KEY}`,
          'x-propelauth-url': 'auth.example.com',
          'content-type': 'application/json',
        }) as unknown,
      },
    ]);
  });

  it('accepts a JSON content type with parameters', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    propelAuth.answers({ status: 200, body: yes, headers });
    await expect(call()).resolves.toBeTruthy();
  });

  describe.each(failuresInsteadOf(yes))('after %s', (_what, answer) => {
    it('reports that PropelAuth is unreachable, after one request', async () => {
      propelAuth.answers(answer);
      expect(await failureOf(call())).toMatchObject({ reason: 'propelauth_unavailable' });
      expect(propelAuth.requests).toHaveLength(1);
    });
  });

  it('stops reading a response that is too long', async () => {
    let closed: Promise<unknown> | undefined;
    propelAuth.answers((request, response) => {
      closed = once(response, 'close');
      endless(request, response);
    });
    expect(await failureOf(call())).toEqual(
      unavailable('PropelAuth returned a response that is too long'),
    );
    await closed;
  });

  it.each([false, true])(
    'times out after apiTimeoutMs, headers sent first: %s',
    async (headersFirst) => {
      const { answer, deadlines } = hanging(headersFirst);
      propelAuth.answers(answer);
      expect(await failureOf(call())).toEqual(
        unavailable('https://propelauth-api.com did not respond within 1.234 s'),
      );
      expect(deadlines).toEqual([1234]);
    },
  );

  it.each<[string, typeof fetch]>([
    ['a response', () => new Promise(() => {})],
    ['a body', () => Promise.resolve(new Response(silentBody(), JSON_TYPE))],
    ['the end of a body', () => Promise.resolve(new Response(silentBody(), { status: 500 }))],
  ])('times out waiting for %s even if fetch ignores abort signals', async (_what, fetch) => {
    const deadline = new AbortController();
    jest.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    jest.spyOn(globalThis, 'fetch').mockImplementation(fetch);
    const failure = failureOf(call());
    await new Promise(setImmediate);
    deadline.abort(new DOMException('SECRET', 'TimeoutError'));
    expect(await failure).toEqual(
      unavailable('https://propelauth-api.com did not respond within 1.234 s'),
    );
  });

  it('rejects a response body that streams strings', async () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue('{}');
        controller.close();
      },
    });
    jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body, JSON_TYPE));
    expect(await failureOf(call())).toMatchObject({ reason: 'propelauth_unavailable' });
  });

  it('names the unreachable host when nothing listens there', async () => {
    const port = await closedPort();
    const { fetch } = globalThis;
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation((_input, init) => fetch(`http://127.0.0.1:${port}`, init));
    expect(await failureOf(call())).toEqual(
      unavailable('https://propelauth-api.com cannot be reached (ECONNREFUSED)'),
    );
  });

  it.each([
    ['7', 7],
    ['86400', 3_600],
    ['9'.repeat(30), 3_600],
    ['0', undefined],
    ['soon', undefined],
    ['9'.repeat(400), undefined],
  ])('converts a Retry-After of %s to %s', async (value, seconds) => {
    propelAuth.answers({ status: 503, headers: { 'retry-after': value } });
    expect(await failureOf(call())).toMatchObject({ retryAfterSeconds: seconds });
  });

  it.each([
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': 'soon' }, 1],
    [{}, 1],
  ])('waits after a 429 with the headers %j for %i s', async (headers, retryAfterSeconds) => {
    propelAuth.answers({ status: 429, headers });
    const reason = 'propelauth_unavailable';
    expect(await failureOf(call())).toMatchObject({ reason, retryAfterSeconds });
  });

  it('converts a Retry-After date to whole seconds', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 0, 1) - 1_500);
    const date = new Date(Date.UTC(2026, 0, 1)).toUTCString();
    propelAuth.answers({ status: 503, headers: { 'retry-after': date } });
    expect(await failureOf(call())).toMatchObject({ retryAfterSeconds: 2 });
  });

  it('logs once that the integration key is wrong', async () => {
    const log = new RecordingLogger();
    Logger.overrideLogger(log);
    try {
      propelAuth.answers({ status: 401, body: `SECRET ${API_KEY}` });
      await failureOf(call());
      await failureOf(call());
      expect(log.of('error')).toEqual([
        expect.stringMatching(
          /apiKey is not an API key of this PropelAuth project \(401\), so calls with API keys .* return 503\. Copy the key/,
        ),
      ]);
      expect(log.text).not.toMatch(new RegExp(`SECRET|${API_KEY}|${API_KEY_OF_ALICE}|${GRANT}`));
    } finally {
      Logger.overrideLogger(false);
    }
  });

  it.each<[string, Answer]>([
    ['a rejection', { status: 403, body: { error: `SECRET ${API_KEY}` } }],
    ['an unknown error', { status: 400, body: { error: `SECRET ${GRANT}` } }],
    ['a rate limit', { status: 429, body: `SECRET ${API_KEY_OF_ALICE}` }],
    ['a redirect', { status: 302, headers: { location: `https://SECRET/?key=${API_KEY}` } }],
    ['invalid JSON', { status: 200, body: `SECRET ${API_KEY} ${API_KEY_OF_ALICE} ${GRANT}` }],
    ['nonsense', { status: 200, body: [`SECRET ${API_KEY} ${API_KEY_OF_ALICE} ${GRANT}`] }],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('does not repeat secrets or the response after %s', async (_what, answer) => {
    propelAuth.answers(answer);
    const printed = inspect(await failureOf(call()), { depth: null, showHidden: true });
    expect(printed).toContain('Rejection');
    for (const secret of ['SECRET', API_KEY, API_KEY_OF_ALICE, GRANT]) {
      expect(printed).not.toContain(secret);
    }
  });
});

describe('BackendClient.validateApiKey', () => {
  it.each([
    ['of a user', personalKey, ['metadata', 'user', 'kind']],
    ['of a member', orgKeyOfMember, ['metadata', 'user', 'org', 'userInOrg', 'kind']],
    ['of an organization', orgKey, ['metadata', 'org', 'kind']],
    ['without an owner', { metadata: { a_b: 1 } }, ['metadata', 'kind']],
    [
      'with null for absent properties',
      { ...orgKey, user: null, user_in_org: null },
      ['metadata', 'org', 'kind'],
    ],
    [
      'with additional properties',
      { ...orgKey, user_id: null, new_field: 1 },
      ['metadata', 'org', 'kind'],
    ],
  ])('reads a key %s', async (_what, body, fields) => {
    expect(Object.keys(await validate(body))).toEqual(fields);
  });

  it('returns memberships with methods, and fields under their documented names', async () => {
    const validation = await validate(orgKeyOfMember);
    expect(validation.userInOrg).toBeInstanceOf(OrgMemberInfo);
    expect(validation.userInOrg?.isAtLeastRole('Member')).toBe(true);
    expect(validation.userInOrg?.hasPermission('can_view_billing')).toBe(true);
    expect(validation.user?.emailConfirmed).toBe(true);
    expect(validation.metadata).toEqual({ made_for: 'ci' });
  });

  it('freezes the whole result, because requests share it', async () => {
    const validation = await validate(orgKeyOfMember);
    expect(Object.isFrozen(validation)).toBe(true);
    expect(Object.isFrozen(validation.metadata)).toBe(true);
    expect(Object.isFrozen(validation.user?.properties?.['nested'])).toBe(true);
    expect(Object.isFrozen(validation.userInOrg?.userPermissions)).toBe(true);
    expect(Object.isFrozen(validation.org?.metadata)).toBe(true);
  });

  it('ignores a membership without a role', async () => {
    const body = { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, user_role: null } };
    expect(await validate(body)).not.toHaveProperty('userInOrg');
  });

  it.each<[string, object]>([
    ['neither an owner nor metadata', {}],
    ['a user that is a string', { user: 'alice' }],
    ['a user that is an array', { user: [aliceAsUser] }],
    ['a user without an id', { user: { ...aliceAsUser, user_id: undefined } }],
    ['a user with an empty id', { user: { ...aliceAsUser, user_id: '' } }],
    ['a user whose id is a number', { user: { ...aliceAsUser, user_id: 7 } }],
    ['a user whose email is an array', { user: { ...aliceAsUser, email: ['a@example.com'] } }],
    ['an org that is a string', { org: 'acme' }],
    ['an org without an id', { org: { ...acmeAsOrg, org_id: null } }],
    ['an org whose id is an array', { org: { ...acmeAsOrg, org_id: [acmeAsOrg.org_id] } }],
    ['metadata that is an array', { ...orgKey, metadata: [] }],
    ['metadata that is a string', { ...orgKey, metadata: 'x' }],
    ['a membership without a user', { ...orgKeyOfMember, user: undefined }],
    ['a membership without an org', { user: aliceAsUser, user_in_org: aliceInAcme }],
    [
      'a membership of another org',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, org_id: GLOBEX_ID } },
    ],
    [
      'a membership without an org id',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, org_id: undefined } },
    ],
    ['a membership that is a string', { ...orgKeyOfMember, user_in_org: 'Owner' }],
    [
      'a role that is an array',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, user_role: ['Owner'] } },
    ],
    [
      'permissions that are a string',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, user_permissions: 'can_view_billing' } },
    ],
    [
      'permissions that are numbers',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, user_permissions: [1] } },
    ],
    [
      'inherited roles that are a string',
      {
        ...orgKeyOfMember,
        user_in_org: { ...aliceInAcme, inherited_user_roles_plus_current_role: 'Owner' },
      },
    ],
    [
      'additional roles that are a string',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, additional_roles: 'Owner' } },
    ],
    [
      'an unknown role structure',
      { ...orgKeyOfMember, user_in_org: { ...aliceInAcme, org_role_structure: 'flat' } },
    ],
    [
      'memberships under other ids',
      { user: { ...aliceAsUser, org_id_to_org_info: { [GLOBEX_ID]: aliceInAcme } } },
    ],
    [
      'a name that PropelAuth’s client fails on',
      { user: { ...aliceAsUser, properties: { hasOwnProperty: 1, a: 2 } } },
    ],
  ])('rejects a response with %s', async (_what, body) => {
    expect(await failureOf(validate(body))).toEqual(
      unavailable('PropelAuth returned an invalid response about an API key'),
    );
  });

  it.each([
    ['in the documented response', unknownKey],
    [
      'in the errors of fields',
      {
        status: 400,
        body: {
          error_code: 'invalid_request_fields',
          field_errors: { api_key_token: 'not_found' },
        },
      },
    ],
  ])('rejects an unknown key, %s', async (_what, answer) => {
    propelAuth.answers(answer);
    const failure = await failureOf(calls.validateApiKey(API_KEY_OF_ALICE));
    expect(failure).toMatchObject({ reason: 'api_key_unknown' });
    expect(failure).toMatchObject({ reason: 'api_key_unknown' });
  });

  it.each([
    [7, 7],
    [0, 1],
    [0.2, 1],
    [59.1, 60],
    [1e308, 3_600],
  ])('converts a rate limit of %d s to %d', async (wait_seconds, waitSeconds) => {
    propelAuth.answers({ ...rateLimitedKey, body: { ...rateLimitedKey.body, wait_seconds } });
    const failure = await failureOf(calls.validateApiKey(API_KEY_OF_ALICE));
    expect(failure).toMatchObject({ reason: 'api_key_rate_limited' });
    expect(failure).toMatchObject({ retryAfterSeconds: waitSeconds });
  });
});

describe('AccessCalls.verifyStepUpGrant', () => {
  it.each([[{}], [{ success: true }], [{ success: null }]])(
    'treats %j as a valid grant',
    async (body) => {
      expect(await verify(200, body)).toBe(true);
    },
  );

  it.each([
    [{ success: false }],
    [{ success: 'true' }],
    [{ error_code: 'grant_not_found' }],
    [{ success: true, error_code: 'unexpected_error' }],
  ])('does not treat %j as a valid grant', async (body) => {
    expect(await failureOf(verify(200, body))).toMatchObject({ reason: 'propelauth_unavailable' });
  });

  it('rejects an unknown grant', async () => {
    const body = {
      error_code: 'invalid_request_fields',
      field_errors: { grant: 'grant_not_found' },
    };
    expect(await verify(400, body)).toBe(false);
  });

  it.each([
    [{ grant: ['grant_not_found'] }],
    [{ error_code: 'invalid_request_fields', field_errors: { grant: 'too_long' } }],
    [{ error_code: 'invalid_request_fields', field_errors: ['grant'] }],
    [{ error_code: 'feature_gated', field_errors: { grant: 'grant_not_found' } }],
  ])('neither accepts nor rejects the grant after a 400 with %j', async (body) => {
    expect(await failureOf(verify(400, body))).toMatchObject({ reason: 'propelauth_unavailable' });
  });
});
