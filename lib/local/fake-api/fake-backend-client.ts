import {
  ApiKeyValidateException,
  ApiKeyValidateRateLimitedException,
  type ApiKeyValidation,
  type UserMetadata,
} from '@propelauth/node-apis';
import type { BackendClient, StepUpGrantRequest } from '../../backend/backend-client.js';
import { readIntrospection, type Introspection } from '../../backend/introspection.js';
import type { UserState } from '../../backend/user-state.js';
import { PropelAuthApiError } from '../../api/propel-auth-api.error.js';
import type { PropelAuthApiFunctions } from '../../api/propel-auth-api.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import type { TestIssuer } from '../issuer/test-issuer.js';
import { rateLimited, Refusal, unavailable } from '../../refusals/refusal.js';

/** What the guard's questions ask of the fake. */
interface AskedFunctions extends Pick<
  PropelAuthApiFunctions,
  | 'validateApiKey'
  | 'verifyStepUpGrant'
  | 'fetchUserMetadataByUserId'
  | 'fetchBatchUserMetadataByUserIds'
> {
  introspectMcpToken(token: string, resource?: string): Promise<unknown>;
}

/** The backend calls of the guard, with a fake of PropelAuth's backend API. */
export class FakeBackendClient implements Pick<BackendClient, keyof BackendClient> {
  /**
   * @param api its functions are looked up at each call, so that mocks of a test apply here too
   * @param mcpResource `mcp.resource` of the application, for tokens that are for no other resource
   */
  constructor(
    private readonly issuer: TestIssuer,
    private readonly api: AskedFunctions,
    private readonly mcpResource?: string,
  ) {}

  async fetchVerifierKey(): Promise<string> {
    return this.issuer.verifierKey;
  }

  async validateApiKey(apiKey: string): Promise<ApiKeyValidation> {
    try {
      return deepFreeze(await this.api.validateApiKey(apiKey));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async introspect(token: string): Promise<Introspection> {
    let response: unknown;
    try {
      response = await this.api.introspectMcpToken(token, this.mcpResource);
    } catch {
      throw unavailable('introspectMcpToken() of the fake failed');
    }
    return readIntrospection(response);
  }

  async verifyStepUpGrant(request: StepUpGrantRequest): Promise<boolean> {
    try {
      return (await this.api.verifyStepUpGrant(request)).success;
    } catch {
      throw unavailable('verifyStepUpGrant() of the fake failed');
    }
  }

  async fetchUserStates(userIds: readonly string[]): Promise<ReadonlyMap<string, UserState>> {
    try {
      const users = await this.api.fetchBatchUserMetadataByUserIds([...userIds], true);
      return new Map(Object.entries(users).map(([userId, user]) => [userId, stateOf(user)]));
    } catch {
      throw unavailable('fetchBatchUserMetadataByUserIds() of the fake failed');
    }
  }

  async fetchUserState(userId: string): Promise<UserState | null> {
    try {
      const user = await this.api.fetchUserMetadataByUserId(userId, true);
      return user && stateOf(user);
    } catch {
      throw unavailable('fetchUserMetadataByUserId() of the fake failed');
    }
  }
}

function stateOf({ enabled: isEnabled, orgIdToOrgInfo, ...user }: UserMetadata): UserState {
  const { email, firstName, lastName, username, legacyUserId, properties } = user;
  return {
    isEnabled,
    orgs: new Map(Object.entries(orgIdToOrgInfo ?? {})),
    profile: { email, firstName, lastName, username, legacyUserId, properties },
  };
}

function refusalOf(error: unknown): Error {
  // PropelAuthApiError has what PropelAuth's client threw as its cause.
  const exception = error instanceof PropelAuthApiError ? error.cause : error;
  if (exception instanceof ApiKeyValidateException) return new Refusal('api_key_unknown');
  const waitSeconds =
    exception instanceof ApiKeyValidateRateLimitedException
      ? exception.waitSeconds
      : waitSecondsOfMock(error);
  return waitSeconds === undefined
    ? unavailable('validateApiKey() of the fake failed')
    : rateLimited(waitSeconds);
}

/** An error made by a test has no cause. PropelAuth's own, which is about all calls of a project, has one. */
function waitSecondsOfMock(error: unknown): number | undefined {
  const isFromTest = error instanceof PropelAuthApiError && error.cause === undefined;
  return isFromTest && error.code === 'rate_limited' ? error.retryAfterSeconds : undefined;
}
