import {
  ApiKeyValidateException,
  ApiKeyValidateRateLimitedException,
  type ApiKeyValidation,
} from '@propelauth/node-apis';
import type { AccessCalls, StepUpGrantRequest } from '../../backend/backend-client.js';
import { ApiKeyRateLimited } from '../../refusals/api-key-rate-limited.js';
import { ApiKeyRefusal } from '../../refusals/api-key-refusal.js';
import { PropelAuthOutOfReach } from '../../refusals/out-of-reach.js';
import {
  PropelAuthApiError,
  PropelAuthApiRateLimitedError,
} from '../../api/propel-auth-api.errors.js';
import type { PropelAuthApiFunctions } from '../../api/propel-auth-api.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import type { TestIssuer } from '../issuer/test-issuer.js';

/** The backend calls of the guard, with a fake of PropelAuth's backend API. */
export class FakeAccessCalls implements Pick<AccessCalls, keyof AccessCalls> {
  /** @param api its functions are looked up at each call, so that mocks of a test apply here too */
  constructor(
    private readonly issuer: TestIssuer,
    private readonly api: Pick<PropelAuthApiFunctions, 'validateApiKey' | 'verifyStepUpGrant'>,
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

  async verifyStepUpGrant(request: StepUpGrantRequest): Promise<boolean> {
    try {
      return (await this.api.verifyStepUpGrant(request)).success;
    } catch {
      throw new PropelAuthOutOfReach('verifyStepUpGrant() of the fake failed');
    }
  }
}

function refusalOf(error: unknown): Error {
  // PropelAuthApiError has what PropelAuth's client threw as its cause.
  const exception = error instanceof PropelAuthApiError ? error.cause : error;
  if (exception instanceof ApiKeyValidateException) return new ApiKeyRefusal();
  const waitSeconds =
    exception instanceof ApiKeyValidateRateLimitedException
      ? exception.waitSeconds
      : waitSecondsOfMock(error);
  return waitSeconds === undefined
    ? new PropelAuthOutOfReach('validateApiKey() of the fake failed')
    : new ApiKeyRateLimited(Math.max(1, Math.ceil(waitSeconds)));
}

/** An error made by a test has no cause. PropelAuth's own, which is about all calls of a project, has one. */
function waitSecondsOfMock(error: unknown): number | undefined {
  const isFromTest = error instanceof PropelAuthApiRateLimitedError && error.cause === undefined;
  return isFromTest ? error.retryAfterSeconds : undefined;
}
