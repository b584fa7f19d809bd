import {
  ApiKeyValidateException,
  ApiKeyValidateRateLimitedException,
  type ApiKeyValidation,
} from '@propelauth/node-apis';
import type { BackendClient, StepUpGrantRequest } from '../../backend/backend-client.js';
import { PropelAuthApiError } from '../../api/propel-auth-api.error.js';
import type { PropelAuthApiFunctions } from '../../api/propel-auth-api.js';
import { deepFreeze } from '../../values/deep-freeze.js';
import type { TestIssuer } from '../issuer/test-issuer.js';
import { rateLimited, Refusal, unavailable } from '../../refusals/refusal.js';

/** The calls that decide about access, answered by a fake of PropelAuth's backend API. */
export class FakeBackendClient implements Pick<BackendClient, keyof BackendClient> {
  /** @param api looked at at each call, so that what a test puts in place of a function counts here too */
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
      throw unavailable('verifyStepUpGrant() of the fake failed');
    }
  }
}

function refusalOf(error: unknown): Error {
  // PropelAuthApiError has what PropelAuth's client threw as its cause.
  const exception = error instanceof PropelAuthApiError ? error.cause : error;
  if (exception instanceof ApiKeyValidateException) return new Refusal('api_key_unknown');
  const waitSeconds =
    exception instanceof ApiKeyValidateRateLimitedException
      ? exception.waitSeconds
      : waitThatATestSays(error);
  return waitSeconds === undefined
    ? unavailable('validateApiKey() of the fake failed')
    : rateLimited(waitSeconds);
}

/** The wait in an error that a test constructed: it has no cause. PropelAuth's limit of all calls of a project has one. */
function waitThatATestSays(error: unknown): number | undefined {
  const isOfATest = error instanceof PropelAuthApiError && error.cause === undefined;
  return isOfATest && error.code === 'rate_limited' ? error.retryAfterSeconds : undefined;
}
