import { Inject, Injectable } from '@nestjs/common';
import { parseSnakeCaseToCamelCase } from '@propelauth/node-apis';
import type { ApiKey } from '../../types/api-key.js';
import { isJsonObject, type JsonObject } from '../../values/json-object.js';
import { LimitedLog } from '../../values/limited-log.js';
import { LATE_HOOKS, type Hooks } from '../../plugins/hooks.js';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { readApiKeyValidation } from './api-key-validation.js';
import { describeConfigurationError } from './configuration-mistakes.js';
import { outcomeOf } from './backend-failure.js';
import { BACKEND_OUTCOME, BackendOutages } from './backend-outages.js';
import {
  askBackend,
  type BackendAccount,
  type BackendAnswer,
  type BackendRequest,
} from './backend-request.js';
import { readAnswerAboutUser, readAnswerAboutUsers, type UserState } from './user-state.js';
import { rateLimited, Rejection, unavailable } from '../../rejections/rejection.js';

/** Startup waits for the key, so the wait is short. */
const MAXIMUM_WAIT_FOR_KEY_MILLISECONDS = 5_000;

const USER_PATH = '/api/backend/v1/user';
/** The query with which PropelAuth's client asks for the organizations of users. */
const WITH_ORGS = '?include_orgs=true';
/** Enough for 50 users in many organizations with metadata. */
const MAXIMUM_BYTES_ABOUT_USERS = 8 * 1_048_576;

/** A step-up grant to verify. */
export interface StepUpGrantRequest {
  readonly userId: string;
  readonly actionType: string;
  readonly grant: string;
}

/**
 * The requests to PropelAuth's backend that decide access. PropelAuth's own client accepts any status under 400 as a yes, follows redirects
 * and waits forever. Here, a yes is a complete response of the documented shape. A response that is neither a yes nor a documented no is a
 * {@link Rejection} with the reason `propelauth_unavailable`.
 */
@Injectable()
export class BackendClient {
  private readonly log = new LimitedLog();
  private readonly outages = new BackendOutages();
  private readonly account: BackendAccount;

  constructor(
    private readonly options: ResolvedOptions,
    @Inject(LATE_HOOKS) private readonly hooks?: Hooks,
  ) {
    this.account = {
      origin: options.apiUrl.origin,
      fetch: options.fetch,
      readHeaders: () => ({
        Authorization: `Bearer ${options.readApiKey()}`,
        'X-Propelauth-url': options.authUrl.hostname,
      }),
    };
  }

  /**
   * The public key that verifies access tokens, as PEM. The caller checks whether PropelAuth's response is a key.
   *
   * @throws {PropelAuthConfigurationError} when PropelAuth says that the options are wrong (400, 401, 404)
   * @throws {Rejection} `propelauth_unavailable` for every other response
   */
  async fetchVerifierKey(): Promise<string> {
    const request = {
      path: '/api/v1/token_verification_metadata',
      timeoutMs: Math.min(this.options.apiTimeoutMs, MAXIMUM_WAIT_FOR_KEY_MILLISECONDS),
    };
    return this.measure('fetchTokenVerificationMetadata', () =>
      askBackend(this.account, request, async (answer) => {
        if (answer.status === 200) return readVerifierKey(await answer.readJson());
        const failure = await answer.toUnavailable();
        const mistake = describeConfigurationError(answer.status, this.options);
        throw mistake === undefined ? failure : new PropelAuthConfigurationError(mistake);
      }),
    );
  }

  /**
   * Validates an end-user API key.
   *
   * @param isImported whether to ask about keys that were imported into PropelAuth, or about those that PropelAuth created. It knows each key
   * in only one of the two ways
   * @returns the validation of the key, deeply frozen
   * @throws {Rejection} `api_key_unknown`, `api_key_rate_limited`, or `propelauth_unavailable` for every other response
   */
  validateApiKey(apiKey: string, isImported = false): Promise<ApiKey> {
    const name = isImported ? 'validateImportedApiKey' : 'validateApiKey';
    const question = isImported ? 'validate_imported' : 'validate';
    const path = `/api/backend/v1/end_user_api_keys/${question}`;
    return this.ask(name, { path, body: { api_key_token: apiKey } }, async (answer) => {
      if (answer.status === 200) return parseApiKey(await answer.readJsonText(), isImported);
      if (answer.status === 400 && hasFieldError(await readError(answer), 'api_key_token')) {
        throw new Rejection('api_key_unknown');
      }
      if (answer.status === 429) assertKeyIsNotRateLimited(await readError(answer));
      throw await answer.toUnavailable();
    });
  }

  /**
   * Whether a step-up grant is valid for this user and this action. The request uses up a one-time grant, so it is sent only once, even if
   * it fails.
   *
   * @throws {Rejection} `propelauth_unavailable` when PropelAuth says neither yes nor no
   */
  verifyStepUpGrant({ userId, actionType, grant }: StepUpGrantRequest): Promise<boolean> {
    const request = {
      path: '/api/backend/v1/mfa/step-up/verify-grant',
      body: { action_type: actionType, user_id: userId, grant },
    };
    return this.ask('verifyStepUpGrant', request, async (answer) => {
      if (answer.status === 200) return readGrantVerdict(await answer.readJson());
      if (answer.status === 400 && isUnknownGrant(await readError(answer))) return false;
      throw await answer.toUnavailable();
    });
  }

  /**
   * The current access of several users.
   *
   * @param userIds ids that PropelAuth gives
   * @returns the users by id. Users whose data is missing or malformed are left out; if the response is too long, all are
   * @throws {Rejection} `propelauth_unavailable` without a usable response
   */
  fetchUserStates(userIds: readonly string[]): Promise<ReadonlyMap<string, UserState>> {
    const request = {
      path: `${USER_PATH}/user_ids${WITH_ORGS}`,
      body: { user_ids: userIds },
      maximumBytes: MAXIMUM_BYTES_ABOUT_USERS,
    };
    return this.ask('fetchBatchUserMetadataByUserIds', request, (answer) =>
      readAnswerAboutUsers(answer, userIds),
    );
  }

  /**
   * The current access of a user.
   *
   * @param userId an id that PropelAuth gives
   * @returns `null` if the user does not exist, `undefined` if the response is malformed or too long
   * @throws {Rejection} `propelauth_unavailable` without a usable response
   */
  fetchUserState(userId: string): Promise<UserState | null | undefined> {
    const request = {
      path: `${USER_PATH}/${userId}${WITH_ORGS}`,
      maximumBytes: MAXIMUM_BYTES_ABOUT_USERS,
    };
    return this.ask('fetchUserMetadataByUserId', request, (answer) =>
      readAnswerAboutUser(answer, userId),
    );
  }

  private ask<Result>(
    name: string,
    request: Omit<BackendRequest, 'timeoutMs'>,
    read: (answer: BackendAnswer) => Promise<Result>,
  ): Promise<Result> {
    const { apiTimeoutMs: timeoutMs } = this.options;
    const ask = () =>
      askBackend(this.account, { ...request, timeoutMs }, (answer) => {
        if (answer.status === 401) this.logWrongKey();
        return read(answer);
      });
    return this.outages.watch(() => this.measure(name, ask));
  }

  /** @param name the function of PropelAuth's client that makes the same request, if it has one */
  private measure<Answer>(name: string, ask: () => Promise<Answer>): Promise<Answer> {
    return this.hooks?.measure?.({ name, origin: 'guard' }, ask, outcomeOf) ?? ask();
  }

  private logWrongKey(): void {
    const mistake = describeConfigurationError(401, this.options, BACKEND_OUTCOME);
    if (mistake !== undefined) this.log.error(mistake);
  }
}

function readVerifierKey(body: unknown): string {
  const pem = isJsonObject(body) ? body['verifier_key_pem'] : undefined;
  if (typeof pem !== 'string') {
    throw unavailable('PropelAuth returned no verifier_key_pem');
  }
  return pem;
}

function parseApiKey(text: string, isImported: boolean): ApiKey {
  const body = toCamelCase(text);
  const apiKey = readApiKeyValidation(body, isImported);
  if (apiKey === undefined || !namesItsOwner(apiKey, body as JsonObject)) {
    throw unavailable('PropelAuth returned an invalid response about an API key');
  }
  return apiKey;
}

/**
 * Whether a response about a key says who owns it, or that nobody does. PropelAuth documents `metadata` for every key, so a response without
 * an owner and without this field, such as `{}`, does not count as valid. Neither does one that gives only the id of an owner.
 */
function namesItsOwner({ user, org }: ApiKey, body: JsonObject): boolean {
  if (user !== undefined || org !== undefined) return true;
  return 'metadata' in body && [body['userId'], body['orgId']].every((id) => id == null);
}

/** Parses a response with the names that PropelAuth's client gives; `undefined` if the client fails. */
function toCamelCase(text: string): unknown {
  // The client turns lists, texts and null into objects.
  if (!isJsonObject(JSON.parse(text))) return undefined;
  try {
    return parseSnakeCaseToCamelCase(text) as unknown;
  } catch {
    return undefined;
  }
}

/** PropelAuth's documented response to a valid grant is an empty object. A response that contradicts a yes is rejected. */
function readGrantVerdict(body: unknown): boolean {
  if (!isJsonObject(body) || (body['success'] ?? true) !== true || 'error_code' in body) {
    throw unavailable('PropelAuth returned an invalid response about a step-up grant');
  }
  return true;
}

/** The JSON of an error response; `undefined` if the body cannot be read. */
async function readError(answer: BackendAnswer): Promise<unknown> {
  return answer.readJson().catch(() => undefined);
}

/** Whether PropelAuth rejects a field: `{ "<field>": ["…"] }`, or the same under `field_errors`. */
function hasFieldError(error: unknown, field: string): boolean {
  if (!isJsonObject(error)) return false;
  const fields = isJsonObject(error['field_errors']) ? error['field_errors'] : error;
  return fields[field] !== undefined && fields[field] !== null;
}

function isUnknownGrant(error: unknown): boolean {
  if (!isJsonObject(error) || error['error_code'] !== 'invalid_request_fields') return false;
  const fields = error['field_errors'];
  return isJsonObject(fields) && fields['grant'] === 'grant_not_found';
}

/**
 * With `wait_seconds`, the end-user API key is rate limited. Without, the API key of the project is.
 *
 * @throws {Rejection} `api_key_rate_limited`
 */
function assertKeyIsNotRateLimited(error: unknown): void {
  const wait = isJsonObject(error) ? error['wait_seconds'] : undefined;
  if (typeof wait === 'number' && Number.isFinite(wait) && wait >= 0) throw rateLimited(wait);
}
