import * as client from '@propelauth/node-apis';
import {
  PropelAuthApiError,
  PropelAuthExceptions,
  type PropelAuthApiErrorCode,
} from 'nestjs-propelauth';
import { call, type ApiCallName } from '../../support/api-calls.js';
import { startApi } from '../../support/propel-auth-api.js';
import { PropelAuthServer, type Answer } from '../../support/propelauth-server.js';

const {
  AccessTokenCreationException,
  AddUserToOrgException,
  ApiKeyCreateException,
  ApiKeyDeleteException,
  ApiKeyFetchException,
  ApiKeyImportException,
  ApiKeyUpdateException,
  ApiKeyValidateException,
  ApiKeyValidateRateLimitedException,
  BadRequestException,
  ChangeUserRoleInOrgException,
  CreateOrgException,
  CreateUserException,
  FeatureGatedException,
  ForbiddenException,
  IncorrectMfaCodeException,
  InvalidRequestFieldsException,
  MagicLinkCreationException,
  MfaNotEnabledException,
  MigrateUserException,
  MigrateUserPasswordException,
  RateLimitedException,
  RemoveUserFromOrgException,
  RevokePendingOrgInviteException,
  UnauthorizedException,
  UnexpectedException,
  UpdateOrgException,
  UpdateUserEmailException,
  UpdateUserMetadataException,
  UpdateUserPasswordException,
  UserNotFoundException,
} = PropelAuthExceptions;

/** Calls for which PropelAuth returns 400 and the invalid fields, with the exception of the client. */
const rejectedCalls: [ApiCallName, Function][] = [
  ['createUser', CreateUserException],
  ['migrateUserFromExternalSource', MigrateUserException],
  ['migrateUserPassword', MigrateUserPasswordException],
  ['createOrg', CreateOrgException],
  ['addUserToOrg', AddUserToOrgException],
  ['changeUserRoleInOrg', ChangeUserRoleInOrgException],
  ['removeUserFromOrg', RemoveUserFromOrgException],
  ['updateOrg', UpdateOrgException],
  ['subscribeOrgToRoleMapping', UpdateOrgException],
  ['setSamlIdpMetadata', UpdateOrgException],
  ['setOidcIdpMetadata', UpdateOrgException],
  ['revokePendingOrgInvite', RevokePendingOrgInviteException],
  ['deleteSamlConnection', RevokePendingOrgInviteException],
  ['createMagicLink', MagicLinkCreationException],
  ['createAccessToken', AccessTokenCreationException],
  ['updateUserEmail', UpdateUserEmailException],
  ['updateUserPassword', UpdateUserPasswordException],
  ['updateUserMetadata', UpdateUserMetadataException],
  ['resendEmailConfirmation', BadRequestException],
  ['inviteUserToOrg', BadRequestException],
  ['inviteUserToOrgByUserId', BadRequestException],
  ['validateApiKey', ApiKeyValidateException],
  ['validatePersonalApiKey', ApiKeyValidateException],
  ['validateOrgApiKey', ApiKeyValidateException],
  ['validateImportedApiKey', ApiKeyValidateException],
  ['createApiKey', ApiKeyCreateException],
  ['importApiKey', ApiKeyImportException],
  ['updateApiKey', ApiKeyUpdateException],
  ['deleteApiKey', ApiKeyDeleteException],
  ['fetchApiKey', ApiKeyFetchException],
  ['fetchCurrentApiKeys', ApiKeyFetchException],
  ['fetchArchivedApiKeys', ApiKeyFetchException],
  ['fetchApiKeyUsage', ApiKeyFetchException],
];

/** Responses with an error code, as the step-up functions get them. */
const responsesWithCode: [string, ApiCallName, PropelAuthApiErrorCode, number, Function][] = [
  ['feature_gated', 'sendSmsMfaCode', 'not_enabled', 500, FeatureGatedException],
  ['feature_gated', 'verifyStepUpTotpChallenge', 'not_enabled', 500, FeatureGatedException],
  ['feature_gated', 'verifyStepUpGrant', 'not_enabled', 500, FeatureGatedException],
  ['unauthorized', 'verifyStepUpGrant', 'integration_key_invalid', 500, UnauthorizedException],
  ['user_not_found', 'verifyStepUpTotpChallenge', 'not_found', 404, UserNotFoundException],
  ['mfa_not_enabled', 'verifyStepUpTotpChallenge', 'mfa_not_enabled', 400, MfaNotEnabledException],
  [
    'incorrect_mfa_code',
    'verifyStepUpTotpChallenge',
    'step_up_code_invalid',
    400,
    IncorrectMfaCodeException,
  ],
  [
    'invalid_request_fields',
    'verifyStepUpTotpChallenge',
    'invalid_request',
    400,
    InvalidRequestFieldsException,
  ],
  ['invalid_request_fields', 'verifySmsChallenge', 'invalid_request', 400, BadRequestException],
  ['something_new', 'verifyStepUpGrant', 'unexpected_response', 502, UnexpectedException],
];

/** What the client exports but never throws. */
const NEVER_THROWN = [ForbiddenException];

/** The error that a call rejects with. */
async function failureOf(calling: () => Promise<unknown>): Promise<PropelAuthApiError> {
  const failure: unknown = await calling().then(
    (result) => new Error(`The call returned ${JSON.stringify(result)}`),
    (error: unknown) => error,
  );
  if (!(failure instanceof PropelAuthApiError)) throw failure;
  return failure;
}

const propelAuth = await PropelAuthServer.start();
const api = await startApi();

function failureAfter(answer: Answer, name: ApiCallName): Promise<PropelAuthApiError> {
  propelAuth.answers(answer);
  return failureOf(() => call(api, name));
}

describe('A failed call of PropelAuthApi', () => {
  beforeEach(() => {
    propelAuth.requests.length = 0;
    // The client prints some answers that it does not understand.
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });

  it.each(rejectedCalls)('names the invalid fields: %s', async (name, exception) => {
    const body = { email: ['Do not repeat'], user_facing_error: 'Do not repeat' };
    const failure = await failureAfter({ status: 400, body }, name);
    expect(failure).toMatchObject({ name: 'PropelAuthApiError', code: 'invalid_request' });
    expect(failure).toMatchObject({ call: name, status: 400, outcomeUnknown: false });
    expect(failure.fields).toEqual(['email']);
    expect(failure.message).toBe(`PropelAuth rejected ${name} as invalid (email).`);
    expect(failure.cause).toBeInstanceOf(exception);
  });

  it.each(responsesWithCode)(
    'maps the error code %s of %s',
    async (errorCode, name, code, status, exception) => {
      const body = { error_code: errorCode, field_errors: { code: 'Do not repeat' } };
      const failure = await failureAfter({ status: 400, body }, name);
      expect(failure).toMatchObject({ code, status });
      expect(failure.cause).toBeInstanceOf(exception);
      expect(failure.message).not.toContain('Do not repeat');
    },
  );

  it.each<ApiCallName>(['verifyStepUpTotpChallenge', 'verifySmsChallenge'])(
    'names the invalid fields of a response with an error code: %s',
    async (name) => {
      const body = {
        error_code: 'invalid_request_fields',
        user_facing_errors: { other: ['Do not repeat'] },
        field_errors: { code: 'Do not repeat' },
      };
      const failure = await failureAfter({ status: 400, body }, name);
      expect(failure).toMatchObject({ fields: ['code'] });
    },
  );

  it('is tested for every exception of the client', () => {
    const seen: Function[] = [
      ...rejectedCalls.map(([, exception]) => exception),
      ...responsesWithCode.map(([, , , , exception]) => exception),
      RateLimitedException,
      ApiKeyValidateRateLimitedException,
      ...NEVER_THROWN,
    ];
    const unseen = Object.entries(client).filter(
      ([, value]) =>
        typeof value === 'function' && value.prototype instanceof Error && !seen.includes(value),
    );
    expect(unseen).toEqual([]);
  });

  it.each<ApiCallName>([
    'fetchOrgByQuery',
    'fetchUsersByQuery',
    'fetchUsersInOrg',
    'fetchBatchUserMetadataByEmails',
  ])('is an invalid request if the client throws a plain error: %s', async (name) => {
    const failure = await failureAfter({ status: 400, body: 'Do not repeat' }, name);
    expect(failure).toMatchObject({ code: 'invalid_request', status: 400, fields: [] });
    expect(failure.message).not.toContain('Do not repeat');
  });

  it.each<[ApiCallName, number]>([
    ['createOrgSamlConnectionLink', 404],
    ['fetchScimGroup', 404],
    ['fetchOrgScimGroups', 404],
    ['createAccessToken', 403],
  ])(
    'is not_found if the user, organization or group of %s does not exist',
    async (name, answered) => {
      const failure = await failureAfter({ status: answered }, name);
      expect(failure).toMatchObject({ code: 'not_found', status: 404, outcomeUnknown: false });
      expect(failure.message).toBe(
        `${name} failed: the user, organization or group does not exist.`,
      );
    },
  );

  const invalidGrant = {
    error_code: 'invalid_request_fields',
    field_errors: { grant: 'grant_not_found' },
  };

  it.each<[ApiCallName, Answer, unknown]>([
    ['fetchOrg', { status: 404 }, null],
    ['fetchUserMetadataByEmail', { status: 404 }, null],
    ['fetchEmployeeById', { status: 404 }, null],
    ['updateOrg', { status: 404 }, false],
    ['deleteUser', { status: 404 }, false],
    ['addUserToOrg', { status: 404 }, false],
    ['deleteApiKey', { status: 404 }, false],
    ['verifyStepUpGrant', { status: 400, body: invalidGrant }, { success: false }],
  ])('does not occur if the client has a result for it: %s', async (name, answer, result) => {
    propelAuth.answers(answer);
    expect(await call(api, name)).toEqual(result);
  });

  it.each<[ApiCallName, number, RegExp]>([
    ['createAccessToken', 404, /is not enabled: .* dashboard \(access token creation\)/],
    ['fetchOrg', 426, /is not enabled: .* dashboard \(B2B support\)/],
    ['fetchOrgByQuery', 426, /is not enabled: .* dashboard \(B2B support\)/],
    ['fetchCustomRoleMappings', 426, /is not enabled: .* dashboard \(B2B support\)/],
    ['fetchPendingInvites', 426, /is not enabled: .* dashboard \(B2B support\)/],
    ['fetchSamlSpMetadata', 426, /is not enabled: .* dashboard \(B2B support\)/],
  ])('names the feature that is not enabled: %s', async (name, answered, message) => {
    const failure = await failureAfter({ status: answered }, name);
    expect(failure).toMatchObject({ code: 'not_enabled', status: 500, outcomeUnknown: false });
    expect(failure.message).toMatch(message);
  });

  it.each<[string, ApiCallName, unknown, number | undefined]>([
    ['a wait', 'validateApiKey', { wait_seconds: 7 }, 7],
    ['a fraction of a second', 'validateApiKey', { wait_seconds: 0.2 }, 1],
    ['a wait for all calls', 'createUser', { wait_seconds: 30 }, 30],
    ['no wait', 'validateApiKey', {}, undefined],
    ['a wait of zero', 'validateApiKey', { wait_seconds: 0 }, undefined],
    ['a negative wait', 'createUser', { wait_seconds: -1 }, undefined],
    ['an infinite wait', 'createUser', '{ "wait_seconds": 1e999 }', undefined],
    ['a wait that is a string', 'createUser', { wait_seconds: 'Do not repeat' }, undefined],
    ['null', 'createUser', 'null', undefined],
    ['HTML', 'createUser', '<html>', undefined],
    ['HTML, for an API key', 'validateApiKey', '<html>', undefined],
    [
      'JSON without a wait',
      'resendEmailConfirmation',
      { user_facing_error: 'Do not repeat' },
      undefined,
    ],
    ['an empty body', 'fetchOrg', '', undefined],
  ])(
    'has retryAfterSeconds if PropelAuth returns a wait: %s',
    async (_what, name, body, seconds) => {
      const failure = await failureAfter({ status: 429, body }, name);
      expect(failure).toMatchObject({ code: 'rate_limited', call: name, status: 429 });
      expect(failure.retryAfterSeconds).toBe(seconds);
      const wait = seconds === undefined ? '' : ` (retry after ${seconds} s)`;
      expect(failure.message).toBe(`PropelAuth rate limited ${name}${wait}.`);
    },
  );

  it('is an unexpected response for a 429 to verifyStepUpTotpChallenge, as in the client', async () => {
    const answer = { status: 429, body: { wait_seconds: 7 } };
    expect(await failureAfter(answer, 'verifyStepUpTotpChallenge')).toMatchObject({
      code: 'unexpected_response',
      status: 502,
      outcomeUnknown: true,
    });
  });

  it('has the exception of the client for a 429 as its cause', async () => {
    const key = await failureAfter({ status: 429, body: { wait_seconds: 7 } }, 'validateApiKey');
    expect(key.cause).toBeInstanceOf(ApiKeyValidateRateLimitedException);
    const limited = await failureAfter({ status: 429 }, 'createUser');
    expect(limited.cause).toBeInstanceOf(RateLimitedException);
  });

  it.each<[string, Answer, ApiCallName]>([
    ['a proxy’s page', { status: 200, body: '<html>Do not repeat</html>' }, 'createUser'],
    ['an empty body', { status: 200, body: '' }, 'createUser'],
    ['a 400 with HTML', { status: 400, body: '<html>Do not repeat</html>' }, 'createUser'],
    ['a gateway’s 504', { status: 504, body: 'Do not repeat' }, 'createUser'],
    ['an unknown status', { status: 418, body: 'Do not repeat' }, 'createUser'],
    ['a 500', { status: 500, body: 'Do not repeat' }, 'createOrgSamlConnectionLink'],
    [
      'a 500 with text, for step-up',
      { status: 500, body: 'Do not repeat' },
      'verifyStepUpTotpChallenge',
    ],
    ['a 500 with null, for step-up', { status: 500, body: 'null' }, 'verifyStepUpTotpChallenge'],
  ])('has an unknown outcome for a write after %s', async (_what, answer, name) => {
    const failure = await failureAfter(answer, name);
    expect(failure).toMatchObject({ code: 'unexpected_response', call: name, status: 502 });
    expect(failure.outcomeUnknown).toBe(true);
    expect(failure.message).toBe(
      `PropelAuth returned an unexpected response to ${name}. The call may have taken effect: check before retrying.`,
    );
    expect(failure.cause).toBeDefined();
  });

  it.each<[string, Answer, ApiCallName]>([
    ['a proxy’s page', { status: 200, body: '<html>' }, 'fetchOrg'],
    ['an object instead of an array', { status: 200, body: {} }, 'fetchBatchUserMetadataByEmails'],
    ['a 503', { status: 503 }, 'fetchOrg'],
  ])('is not retried after %s', async (_what, answer, name) => {
    const failure = await failureAfter(answer, name);
    expect(failure).toMatchObject({ code: 'unexpected_response', status: 502 });
    expect(failure.outcomeUnknown).toBe(false);
    expect(propelAuth.requests).toHaveLength(1);
  });

  const notAnId = 'not-an-id';

  it.each<[string, () => Promise<unknown>, PropelAuthApiErrorCode, number]>([
    ['an employee', () => api.fetchEmployeeById(notAnId), 'not_found', 404],
    [
      'a user for a token',
      () => api.createAccessToken({ userId: notAnId, durationInMinutes: 5 }),
      'not_found',
      404,
    ],
    ['an organization', () => api.createOrgSamlConnectionLink(notAnId), 'invalid_request', 400],
    ['an API key to fetch', () => api.fetchApiKey(notAnId), 'invalid_request', 400],
    ['an API key to update', () => api.updateApiKey(notAnId, {}), 'invalid_request', 400],
    ['an API key to delete', () => api.deleteApiKey(notAnId), 'invalid_request', 400],
  ])('is a rejection if an id is invalid: %s', async (_what, calling, code, status) => {
    const failure = await failureOf(calling);
    expect(failure).toMatchObject({ code, status, outcomeUnknown: false });
    expect(failure.message).not.toContain(notAnId);
    expect(failure.cause).toBeDefined();
    expect(propelAuth.requests).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['undefined', () => api.createUser(undefined as never)],
    ['null', () => api.fetchUsersInOrg(null as never)],
    [
      'a value that JSON does not support',
      () => api.createUser({ email: '', properties: { size: 1n } }),
    ],
    [
      'an invalid date',
      () => api.fetchChartMetricData('signups' as never, 'Daily' as never, new Date(NaN)),
    ],
  ])('is a rejection if the arguments are invalid: %s', async (_what, calling) => {
    const failure = await failureOf(calling);
    expect(failure).toMatchObject({
      code: 'invalid_arguments',
      status: 500,
      outcomeUnknown: false,
    });
    expect(failure.message).toBe(`Invalid arguments for ${failure.call}: nothing was sent.`);
    expect(propelAuth.requests).toEqual([]);
  });

  it('does not affect the next call', async () => {
    const failure = await failureAfter({ status: 401 }, 'fetchOrg');
    expect(failure.code).toBe('integration_key_invalid');
    propelAuth.answers({ status: 200, body: { org_id: 'id' } });
    expect(await call(api, 'fetchOrg')).toEqual({ orgId: 'id' });
  });

  it('names the calling function in its stack', async () => {
    propelAuth.answers({ status: 500 });
    const failure = await failureOf(async function inviteEverybody() {
      await call(api, 'inviteUserToOrg');
    });
    expect(failure.stack).toContain('inviteEverybody');
  });
});
