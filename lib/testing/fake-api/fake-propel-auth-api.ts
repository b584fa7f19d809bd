import {
  PropelAuthApi,
  withDeadline,
  type PropelAuthApiFunctions,
} from '../../api/propel-auth-api.js';
import { assertNotInProduction } from '../development-only.js';
import type { TestIssuer } from '../issuer/test-issuer.js';
import type { TestUser } from '../issuer/test-user.interface.js';
import { FakeBackendClient } from './fake-backend-client.js';
import { FakeBackend } from './fake-backend.js';
import { FakeProject } from './fake-project.js';
import { IMITATED_FUNCTIONS } from './supported-functions.js';
import { addGrant, TOTP_CODE } from './step-up-endpoints.js';
import { addTestUser } from './test-users.js';
import { notImitated, vendorClientOf } from './vendor-client.js';

/** Far longer than anything in memory takes. */
const API_TIMEOUT_MILLISECONDS = 10_000;

/**
 * What a {@link FakePropelAuthApi} is made of.
 *
 * @publicApi
 */
export interface FakePropelAuthApiOptions {
  /** Signs the access tokens, and knows the roles of the project. */
  readonly issuer: TestIssuer;
  /** Who is there from the start, with their organizations. Default: nobody. */
  readonly users?: readonly TestUser[];
}

/**
 * What a step-up grant is for.
 *
 * @publicApi
 */
export interface TestStepUpGrant {
  /** Whose challenge it proves. */
  readonly userId: string;
  /** The action, as the code under test names it. */
  readonly actionType: string;
  /** Whether it is used up by the first yes. Default: `true`. */
  readonly oneTimeUse?: boolean;
  /** How long it is good, in seconds. Default: 300. */
  readonly validForSeconds?: number;
}

/**
 * PropelAuth's backend API in memory, for tests: users, organizations, members and their roles, invitations, end-user API keys,
 * magic links, access tokens and step-up MFA. It is PropelAuth's own client with a fake backend behind it, so it checks
 * arguments, returns results and fails as the real one does: with a `PropelAuthApiError` whose `cause` is the exception of
 * PropelAuth's client. What it does not imitate throws an error that names the function.
 *
 * @example
 * ```ts
 * const issuer = await TestIssuer.create();
 * const api = new FakePropelAuthApi({ issuer, users: [{ email: 'alice@example.com' }] });
 * const moduleRef = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(PropelAuthApi)
 *   .useValue(api)
 *   .compile();
 * ```
 *
 * @publicApi
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- what the class lacks, its constructor adds
export class FakePropelAuthApi extends PropelAuthApi {
  /** The code that {@link PropelAuthApi.verifyStepUpTotpChallenge} takes from every user with MFA. */
  static readonly TOTP_CODE = TOTP_CODE;

  /** @internal The calls with which the guard asks PropelAuth itself, answered by the same project. */
  readonly backendClient: FakeBackendClient;
  /** @internal */
  readonly project: FakeProject;

  /**
   * @param options the issuer, and who is there from the start; see {@link FakePropelAuthApiOptions}
   * @throws {PropelAuthConfigurationError} for a user with a role that the issuer does not have, and under
   * `NODE_ENV=production`
   */
  constructor(options: FakePropelAuthApiOptions) {
    assertNotInProduction('FakePropelAuthApi');
    super();
    const { issuer, users = [] } = options;
    this.project = new FakeProject(issuer);
    for (const user of users) addTestUser(this.project, user);
    Object.assign(this, functionsOf(this.project));
    this.backendClient = new FakeBackendClient(issuer, this);
  }

  /**
   * Adds a user, and the organizations that they are in; someone who is there already is described anew, and leaves those that are
   * not named.
   *
   * @param user who it is, as for {@link TestIssuer.accessToken}
   * @param options `mfaEnabled`: whether the user has set up MFA by TOTP; default `false`
   * @returns the id of the user
   * @throws {PropelAuthConfigurationError} for a role that the issuer does not have
   * @example
   * ```ts
   * const userId = api.addUser({ email: 'bob@example.com', orgs: [{ orgName: 'Acme Inc', role: 'Admin' }] });
   * ```
   */
  addUser(user: TestUser, options: { mfaEnabled?: boolean } = {}): string {
    const record = addTestUser(this.project, user);
    record.mfa_enabled = options.mfaEnabled ?? false;
    return record.user_id;
  }

  /**
   * A step-up grant, as if the user had passed the MFA challenge for it.
   *
   * @param grant for whom and for which action; see {@link TestStepUpGrant}
   * @returns the grant, to be sent by the client
   * @example
   * ```ts
   * const stepUpGrant = api.grantStepUp({ userId: issuer.userId(alice), actionType: 'DELETE_ORG' });
   * ```
   */
  grantStepUp(grant: TestStepUpGrant): string {
    const { userId, actionType, oneTimeUse = true, validForSeconds = 300 } = grant;
    const expiresAt = this.project.now() + validForSeconds;
    return addGrant(this.project, { userId, actionType, isForOneUse: oneTimeUse, expiresAt });
  }
}
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface FakePropelAuthApi extends PropelAuthApiFunctions {}

/** Every function of PropelAuth's client: those that are imitated, and for the others an error that says so. */
function functionsOf(project: FakeProject): PropelAuthApiFunctions {
  const client = vendorClientOf(new FakeBackend(project), project.issuer.authUrl);
  const functions = withDeadline(client, API_TIMEOUT_MILLISECONDS);
  return Object.fromEntries(
    Object.entries(functions).map(([name, call]) => [
      name,
      IMITATED_FUNCTIONS.has(name) ? call : () => Promise.reject(notImitated(name)),
    ]),
  ) as PropelAuthApiFunctions;
}
