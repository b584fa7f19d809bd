import {
  PropelAuthApi,
  withDeadline,
  type PropelAuthApiFunctions,
} from '../../api/propel-auth-api.js';
import { assertNotInProduction } from '../development-only.js';
import type { TestIssuer } from '../issuer/test-issuer.js';
import type { TestUser } from '../issuer/test-user.interface.js';
import { backendListener } from './backend-listener.js';
import { FakeBackendClient } from './fake-backend-client.js';
import { FakeBackend } from './fake-backend.js';
import {
  startServer,
  type FakePropelAuthServer,
  type FakePropelAuthServerOptions,
} from './fake-propel-auth-server.js';
import { FakeProject } from './fake-project.js';
import { SUPPORTED_FUNCTIONS } from './supported-functions.js';
import { addGrant, TOTP_CODE } from './step-up-endpoints.js';
import { addTestUser, addUserOfToken } from './test-users.js';
import { notSupported, createVendorClient } from './vendor-client.js';

/** Never reached: everything is in memory. */
const API_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Options of {@link FakePropelAuthApi}.
 *
 * @publicApi
 */
export interface FakePropelAuthApiOptions {
  /** Signs the access tokens and defines the roles of the project. */
  readonly issuer: TestIssuer;
  /** The initial users, with their organizations. Default: none. */
  readonly users?: readonly TestUser[];
}

/**
 * A step-up grant for {@link FakePropelAuthApi.grantStepUp}.
 *
 * @publicApi
 */
export interface TestStepUpGrant {
  /** The user who passed the challenge. */
  readonly userId: string;
  /** The action, as in `@RequireStepUpMfa()`. */
  readonly actionType: string;
  /** Whether the grant can be used only once. Default: `true`. */
  readonly oneTimeUse?: boolean;
  /** How long the grant is valid, in seconds. Default: 300. */
  readonly validForSeconds?: number;
}

/**
 * PropelAuth's backend API in memory, for tests: users, organizations, members and their roles, invitations, end-user API keys, magic
 * links, access tokens, tokens of MCP clients and step-up MFA. It is PropelAuth's own client with a fake backend, so it validates
 * arguments, returns results and fails like the real one: with a `PropelAuthApiError` whose `cause` is the exception of PropelAuth's
 * client. Unsupported functions throw an error with their name.
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
export class FakePropelAuthApi extends PropelAuthApi {
  /** The code that {@link PropelAuthApi.verifyStepUpTotpChallenge} accepts for every user with MFA. */
  static readonly TOTP_CODE = TOTP_CODE;

  /** @internal The calls of the guard, with the same project. */
  readonly backendClient: FakeBackendClient;
  /** @internal */
  readonly project: FakeProject;

  /**
   * @param options the issuer and the initial users; see {@link FakePropelAuthApiOptions}
   * @throws {PropelAuthConfigurationError} for a user with a role that the issuer does not have, and with
   * `NODE_ENV=production`
   */
  constructor(options: FakePropelAuthApiOptions) {
    assertNotInProduction('FakePropelAuthApi');
    super();
    const { issuer, users = [] } = options;
    this.project = new FakeProject(issuer);
    for (const user of users) addTestUser(this.project, user);
    issuer.mcpTokens.onUser((user) => addUserOfToken(this.project, user));
    Object.assign(this, functionsOf(this.project));
    this.backendClient = new FakeBackendClient(issuer, this);
  }

  /**
   * Adds a user and their organizations. An existing user is replaced, and leaves the organizations that are not listed.
   *
   * @param user the user, as for {@link TestIssuer.accessToken}
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
   * Creates a step-up grant, as if the user had passed the MFA challenge.
   *
   * @param grant the user and the action; see {@link TestStepUpGrant}
   * @returns the grant that the client sends
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

  /**
   * Introspects the token of an MCP client. An application under {@link overridePropelAuth} calls it. Mock it to simulate outages and other
   * responses.
   *
   * @param token a token of {@link TestIssuer.mcpToken}; any other is not active
   * @param resource the resource that tokens without a `resource` are for: `mcp.resource` of the application that asks
   * @returns the response, with PropelAuth's property names
   * @see RFC 7662, section 2.2
   * @example
   * ```ts
   * jest.spyOn(api, 'introspectMcpToken').mockRejectedValueOnce(new Error('An outage'));
   * const token = issuer.mcpToken(alice);
   * await request(app.getHttpServer()).post('/mcp').auth(token, { type: 'bearer' }).expect(503);
   * ```
   */
  async introspectMcpToken(token: string, resource?: string): Promise<Record<string, unknown>> {
    return this.project.issuer.mcpTokens.introspect(token, resource);
  }

  /**
   * Serves the API over HTTP on 127.0.0.1, for applications in other processes, such as a production build. They need the `authUrl` of the
   * issuer, the `apiKey` of {@link TestIssuer.moduleOptions} and the `url` of the server as `apiUrl`. The server responds with the current
   * key, users, API keys and grants. It ignores mocks of this object's functions. It keeps its process running until you close it.
   *
   * It also introspects tokens of MCP clients. Applications ask the `authUrl` about them, so give the issuer the address of the server:
   * `TestIssuer.create({ authUrl: 'http://127.0.0.1:4000' })` and `listen({ port: 4000 })`. The credentials are
   * {@link TestIssuer.introspection}; the tokens need a `resource`.
   *
   * @param options the port; see {@link FakePropelAuthServerOptions}
   * @returns the server, once it listens
   * @throws {PropelAuthConfigurationError} for an invalid port or one in use, and with `NODE_ENV=production` in this process
   * @example
   * ```ts
   * const server = await api.listen();
   * // The environment of the other process:
   * const env = {
   *   PROPELAUTH_AUTH_URL: issuer.authUrl,
   *   PROPELAUTH_API_KEY: issuer.moduleOptions.apiKey,
   *   PROPELAUTH_API_URL: server.url,
   * };
   * ```
   */
  async listen(options: FakePropelAuthServerOptions = {}): Promise<FakePropelAuthServer> {
    assertNotInProduction('FakePropelAuthApi');
    return startServer(backendListener(this.project), options);
  }
}

/** Every function of PropelAuth's client. Those that the fake does not support throw an error. */
function functionsOf(project: FakeProject): PropelAuthApiFunctions {
  const client = createVendorClient(new FakeBackend(project), project.issuer.authUrl);
  const functions = withDeadline(client, API_TIMEOUT_MILLISECONDS);
  return Object.fromEntries(
    Object.entries(functions).map(([name, call]) => [
      name,
      SUPPORTED_FUNCTIONS.has(name) ? call : () => Promise.reject(notSupported(name)),
    ]),
  ) as PropelAuthApiFunctions;
}
