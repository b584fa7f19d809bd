import { jest } from '@jest/globals';
import * as client from '@propelauth/node-apis';
import {
  PropelAuthApiArgumentError,
  PropelAuthApiError,
  PropelAuthApiIntegrationKeyError,
  PropelAuthApiNotEnabledError,
  PropelAuthApiRateLimitedError,
  PropelAuthApiRequestError,
  PropelAuthApiResponseError,
  PropelAuthExceptions,
  type PropelAuthApi,
} from 'nestjs-propelauth';
import { API_CALL_NAMES, call, type ApiCallName } from '../support/api-calls.js';
import { closeApplications } from '../support/application.js';
import { startApi } from '../support/propel-auth-api.js';
import { PropelAuthServer, type Answer } from '../support/propelauth-server.js';

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

/** Calls that PropelAuth answers with 400 and the fields that are wrong, and what the client makes of it. */
const refusedCalls: [ApiCallName, Function][] = [
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

/** Answers with an error code, as the step-up functions get them. */
const answersWithCode: [string, ApiCallName, string, number, Function][] = [
  ['feature_gated', 'sendSmsMfaCode', 'NotEnabled', 500, FeatureGatedException],
  ['feature_gated', 'verifyStepUpTotpChallenge', 'NotEnabled', 500, FeatureGatedException],
  ['feature_gated', 'verifyStepUpGrant', 'NotEnabled', 500, FeatureGatedException],
  ['unauthorized', 'verifyStepUpGrant', 'IntegrationKey', 500, UnauthorizedException],
  ['user_not_found', 'verifyStepUpTotpChallenge', 'Request', 404, UserNotFoundException],
  ['mfa_not_enabled', 'verifyStepUpTotpChallenge', 'Request', 400, MfaNotEnabledException],
  ['incorrect_mfa_code', 'verifyStepUpTotpChallenge', 'Request', 400, IncorrectMfaCodeException],
  [
    'invalid_request_fields',
    'verifyStepUpTotpChallenge',
    'Request',
    400,
    InvalidRequestFieldsException,
  ],
  ['invalid_request_fields', 'verifySmsChallenge', 'Request', 400, BadRequestException],
  ['something_new', 'verifyStepUpGrant', 'Response', 502, UnexpectedException],
];

/** What the client throws nowhere, but exports for others to throw. */
const THROWN_NOWHERE = [ForbiddenException];

/** What a call ends in. */
async function failureOf(calling: () => Promise<unknown>): Promise<PropelAuthApiError> {
  const failure: unknown = await calling().then(
    (answer) => new Error(`There was no failure but ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(failure instanceof PropelAuthApiError)) throw failure;
  return failure;
}

describe('A failed call of PropelAuthApi', () => {
  let propelAuth: PropelAuthServer;
  let api: PropelAuthApi;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    api = await startApi();
  });

  beforeEach(() => {
    propelAuth.requests.length = 0;
    // The client prints some answers that it does not understand.
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(async () => {
    await closeApplications();
    await propelAuth.stop();
  });

  function failureAfter(answer: Answer, name: ApiCallName): Promise<PropelAuthApiError> {
    propelAuth.answers(answer);
    return failureOf(() => call(api, name));
  }

  it.each(refusedCalls)('names the fields that PropelAuth refuses: %s', async (name, exception) => {
    const body = { email: ['Do not repeat'], user_facing_error: 'Do not repeat' };
    const failure = await failureAfter({ status: 400, body }, name);
    expect(failure).toBeInstanceOf(PropelAuthApiRequestError);
    expect(failure).toMatchObject({ call: name, status: 400, outcomeUnknown: false });
    expect(failure).toMatchObject({ name: 'PropelAuthApiRequestError', fields: ['email'] });
    expect(failure.message).toBe(`PropelAuth refuses ${name} because of email (400)`);
    expect(failure.cause).toBeInstanceOf(exception);
  });

  it.each(answersWithCode)(
    'understands the error code %s of %s',
    async (code, name, kind, status, exception) => {
      const body = { error_code: code, field_errors: { code: 'Do not repeat' } };
      const failure = await failureAfter({ status: 400, body }, name);
      expect(failure.name).toBe(`PropelAuthApi${kind}Error`);
      expect(failure.status).toBe(status);
      expect(failure.cause).toBeInstanceOf(exception);
      expect(failure.message).not.toContain('Do not repeat');
    },
  );

  it.each<ApiCallName>(['verifyStepUpTotpChallenge', 'verifySmsChallenge'])(
    'names the fields that PropelAuth refuses with an error code: %s',
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

  it('was looked at for every exception of the client', () => {
    const seen: Function[] = [
      ...refusedCalls.map(([, exception]) => exception),
      ...answersWithCode.map(([, , , , exception]) => exception),
      RateLimitedException,
      ApiKeyValidateRateLimitedException,
      ...THROWN_NOWHERE,
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
  ])('is a bad request where the client has no exception for it: %s', async (name) => {
    const failure = await failureAfter({ status: 400, body: 'Do not repeat' }, name);
    expect(failure).toBeInstanceOf(PropelAuthApiRequestError);
    expect(failure.status).toBe(400);
    expect(failure.message).not.toContain('Do not repeat');
  });

  it.each<[ApiCallName, number]>([
    ['createOrgSamlConnectionLink', 404],
    ['fetchScimGroup', 404],
    ['fetchOrgScimGroups', 404],
    ['createAccessToken', 403],
  ])('says that what %s is about does not exist', async (name, answered) => {
    const failure = await failureAfter({ status: answered }, name);
    expect(failure).toBeInstanceOf(PropelAuthApiRequestError);
    expect(failure).toMatchObject({ status: 404, outcomeUnknown: false });
  });

  it.each<ApiCallName>(['fetchOrg', 'fetchUserMetadataByEmail', 'fetchEmployeeById'])(
    'is none where the client answers null: %s',
    async (name) => {
      propelAuth.answers({ status: 404 });
      expect(await call(api, name)).toBeNull();
    },
  );

  it.each<ApiCallName>(['updateOrg', 'deleteUser', 'addUserToOrg', 'deleteApiKey'])(
    'is none where the client answers false: %s',
    async (name) => {
      propelAuth.answers({ status: 404 });
      expect(await call(api, name)).toBe(false);
    },
  );

  it('is none where the client says that a step-up grant is not good', async () => {
    const body = {
      error_code: 'invalid_request_fields',
      field_errors: { grant: 'grant_not_found' },
    };
    propelAuth.answers({ status: 400, body });
    expect(await call(api, 'verifyStepUpGrant')).toEqual({ success: false });
  });

  it.each<[ApiCallName, number, RegExp]>([
    ['createAccessToken', 404, /the creation of access tokens is not enabled/],
    ['fetchOrg', 426, /B2B support is not enabled/],
    ['fetchOrgByQuery', 426, /B2B support is not enabled/],
    ['fetchCustomRoleMappings', 426, /B2B support is not enabled/],
    ['fetchPendingInvites', 426, /B2B support is not enabled/],
    ['fetchSamlSpMetadata', 426, /B2B support is not enabled/],
  ])('says what is not enabled: %s', async (name, answered, message) => {
    const failure = await failureAfter({ status: answered }, name);
    expect(failure).toBeInstanceOf(PropelAuthApiNotEnabledError);
    expect(failure).toMatchObject({ status: 500, outcomeUnknown: false });
    expect(failure.message).toMatch(message);
  });

  it.each<[string, ApiCallName, unknown, number | undefined]>([
    ['a wait', 'validateApiKey', { wait_seconds: 7 }, 7],
    ['a part of a second', 'validateApiKey', { wait_seconds: 0.2 }, 1],
    ['a wait, of a call', 'createUser', { wait_seconds: 30 }, 30],
    ['no wait', 'validateApiKey', {}, undefined],
    ['a wait that is none', 'validateApiKey', { wait_seconds: 0 }, undefined],
    ['a negative wait', 'createUser', { wait_seconds: -1 }, undefined],
    ['an endless wait', 'createUser', '{ "wait_seconds": 1e999 }', undefined],
    ['a wait in words', 'createUser', { wait_seconds: 'Do not repeat' }, undefined],
    ['null', 'createUser', 'null', undefined],
    ['no JSON', 'createUser', '<html>', undefined],
    ['no JSON for a key', 'validateApiKey', '<html>', undefined],
    ['a text', 'resendEmailConfirmation', { user_facing_error: 'Do not repeat' }, undefined],
    ['nothing', 'fetchOrg', '', undefined],
  ])('passes on for how long PropelAuth limits calls: %s', async (_what, name, body, seconds) => {
    const failure = await failureAfter({ status: 429, body }, name);
    expect(failure).toBeInstanceOf(PropelAuthApiRateLimitedError);
    expect(failure).toMatchObject({ call: name, status: 429, retryAfterSeconds: seconds });
    expect(failure.message).not.toContain('Do not repeat');
  });

  // Of this one the client tells neither the status nor what PropelAuth said.
  const withoutLimit: ApiCallName[] = ['verifyStepUpTotpChallenge'];

  it.each(API_CALL_NAMES.filter((name) => !withoutLimit.includes(name)))(
    'tells a limit from a failure: %s',
    async (name) => {
      const failure = await failureAfter({ status: 429, body: { wait_seconds: 7 } }, name);
      expect(failure).toBeInstanceOf(PropelAuthApiRateLimitedError);
    },
  );

  it.each(withoutLimit)('takes a limit for a failure, as the client does: %s', async (name) => {
    const failure = await failureAfter({ status: 429, body: { wait_seconds: 7 } }, name);
    expect(failure).toBeInstanceOf(PropelAuthApiResponseError);
    expect(failure).toMatchObject({ status: 502, outcomeUnknown: true });
  });

  it('keeps the exceptions of the client for limits as causes', async () => {
    const key = await failureAfter({ status: 429, body: { wait_seconds: 7 } }, 'validateApiKey');
    expect(key.cause).toBeInstanceOf(ApiKeyValidateRateLimitedException);
    const limited = await failureAfter({ status: 429 }, 'createUser');
    expect(limited.cause).toBeInstanceOf(RateLimitedException);
  });

  it.each<[string, Answer, ApiCallName]>([
    ['a page of a proxy', { status: 200, body: '<html>Do not repeat</html>' }, 'createUser'],
    ['nothing', { status: 200, body: '' }, 'createUser'],
    ['a refusal in HTML', { status: 400, body: '<html>Do not repeat</html>' }, 'createUser'],
    ['a failure of a gateway', { status: 504, body: 'Do not repeat' }, 'createUser'],
    ['what it does not say', { status: 418, body: 'Do not repeat' }, 'createUser'],
    ['a failure', { status: 500, body: 'Do not repeat' }, 'createOrgSamlConnectionLink'],
    ['no JSON for step-up', { status: 500, body: 'Do not repeat' }, 'verifyStepUpTotpChallenge'],
    ['null for step-up', { status: 500, body: 'null' }, 'verifyStepUpTotpChallenge'],
  ])('does not claim to know what became of a write after %s', async (_what, answer, name) => {
    const failure = await failureAfter(answer, name);
    expect(failure).toBeInstanceOf(PropelAuthApiResponseError);
    expect(failure).toMatchObject({ call: name, status: 502, outcomeUnknown: true });
    expect(failure.message).toMatch(/Whether it was done is unknown$/);
    expect(failure.message).not.toContain('Do not repeat');
    expect(failure.cause).toBeDefined();
  });

  it.each<[string, Answer, ApiCallName]>([
    ['a page of a proxy', { status: 200, body: '<html>' }, 'fetchOrg'],
    ['an object for a list', { status: 200, body: {} }, 'fetchBatchUserMetadataByEmails'],
    ['a failure', { status: 503 }, 'fetchOrg'],
  ])('is not tried again after %s', async (_what, answer, name) => {
    const failure = await failureAfter(answer, name);
    expect(failure).toBeInstanceOf(PropelAuthApiResponseError);
    expect(failure).toMatchObject({ status: 502, outcomeUnknown: false });
    expect(propelAuth.requests).toHaveLength(1);
  });

  const notAnId = 'not-an-id';

  it.each<[string, () => Promise<unknown>, number]>([
    ['an employee', () => api.fetchEmployeeById(notAnId), 404],
    [
      'a user for a token',
      () => api.createAccessToken({ userId: notAnId, durationInMinutes: 5 }),
      404,
    ],
    ['an organization', () => api.createOrgSamlConnectionLink(notAnId), 400],
    ['an API key to fetch', () => api.fetchApiKey(notAnId), 400],
    ['an API key to update', () => api.updateApiKey(notAnId, {}), 400],
    ['an API key to delete', () => api.deleteApiKey(notAnId), 400],
  ])('is a rejection when the id cannot be one: %s', async (_what, calling, status) => {
    const failure = await failureOf(calling);
    expect(failure).toBeInstanceOf(PropelAuthApiRequestError);
    expect(failure).toMatchObject({ status, outcomeUnknown: false });
    expect(failure.message).not.toContain(notAnId);
    expect(failure.cause).toBeDefined();
    expect(propelAuth.requests).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['nothing', () => api.createUser(undefined as never)],
    ['null', () => api.fetchUsersInOrg(null as never)],
    ['what is no JSON', () => api.createUser({ email: '', properties: { size: 1n } })],
    [
      'no time',
      () => api.fetchChartMetricData('signups' as never, 'Daily' as never, new Date(NaN)),
    ],
  ])('is a rejection when what was passed makes no request: %s', async (_what, calling) => {
    const failure = await failureOf(calling);
    expect(failure).toBeInstanceOf(PropelAuthApiArgumentError);
    expect(failure).toMatchObject({ status: 500, outcomeUnknown: false });
    expect(propelAuth.requests).toEqual([]);
  });

  it('changes nothing about the next call', async () => {
    const failure = await failureAfter({ status: 401 }, 'fetchOrg');
    expect(failure).toBeInstanceOf(PropelAuthApiIntegrationKeyError);
    propelAuth.answers({ status: 200, body: { org_id: 'id' } });
    expect(await call(api, 'fetchOrg')).toEqual({ orgId: 'id' });
  });

  it('shows in its stack who called', async () => {
    propelAuth.answers({ status: 500 });
    const failure = await failureOf(async function inviteEverybody() {
      await call(api, 'inviteUserToOrg');
    });
    expect(failure.stack).toContain('inviteEverybody');
  });
});
