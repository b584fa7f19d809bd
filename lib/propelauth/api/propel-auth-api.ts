import { getApis } from '@propelauth/node-apis';
import { isLoopbackOrigin } from '../../options/origin.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { Observer, RequestOutcome } from '../../plugins/observer.js';
import { performApiCall } from './api-call.js';
import { withClientFetch, withOrigin, type ClientFunction } from './client-fetch.js';
import { PropelAuthApiError } from './propel-auth-api.error.js';

/** The functions of PropelAuth's client for its backend API. */
export type PropelAuthApiFunctions = ReturnType<typeof getApis>;

/**
 * PropelAuth's backend API: every function of `@propelauth/node-apis`, for users, organizations, roles, end-user API keys and more. Inject
 * it by its class.
 *
 * Each call has a deadline, the option `apiTimeoutMs`, and rejects only with a {@link PropelAuthApiError}. Functions whose names begin with
 * `fetch` are retried once if the network fails; other calls are never retried. If PropelAuth's client returns `null` or `false`, such as
 * for a user who does not exist, so does the call.
 *
 * The address of PropelAuth's client is fixed, `https://propelauth-api.com`: the option `apiUrl` does not apply to these functions, unless
 * `authUrl` is an address of this machine. In tests, `overridePropelAuth()` of `nestjs-propelauth/testing` sends them to an emulator.
 *
 * @see PropelAuth, "Backend API Reference"
 * @example
 * ```ts
 * @Injectable()
 * class MembersService {
 *   constructor(private readonly propelAuth: PropelAuthApi) {}
 *
 *   invite(orgId: string, email: string) {
 *     return this.propelAuth.inviteUserToOrg({ orgId, email, role: 'Member' });
 *   }
 * }
 * ```
 *
 * @publicApi
 */
// An abstract class merged with an interface is an injection token and a type at once.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- what the class lacks, createPropelAuthApi adds
export abstract class PropelAuthApi {}
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface PropelAuthApi extends PropelAuthApiFunctions {}

/** Binds PropelAuth's client to a project, with a deadline and {@link PropelAuthApiError} for each of its functions. */
export function createPropelAuthApi(options: ResolvedOptions, observer?: Observer): PropelAuthApi {
  const { authUrl, apiUrl, apiTimeoutMs, fetch } = options;
  const client = getApis(authUrl, options.readApiKey());
  const isElsewhere = fetch !== undefined || isLoopbackOrigin(authUrl);
  const functions = isElsewhere
    ? withClientFetch(client, (real) => withOrigin(fetch ?? real, apiUrl.origin))
    : client;
  return Object.assign(
    Object.create(PropelAuthApi.prototype) as PropelAuthApi,
    withDeadline(functions, apiTimeoutMs, observer),
  );
}

/** Adds a deadline and {@link PropelAuthApiError} to each function of PropelAuth's client. */
function withDeadline(
  functions: PropelAuthApiFunctions,
  apiTimeoutMs: number,
  observer?: Observer,
): PropelAuthApiFunctions {
  return Object.fromEntries(
    Object.entries<ClientFunction>(functions).map(([name, send]) => [
      name,
      (...parameters: never[]) => {
        const call = { name, send: () => send(...parameters) };
        const perform = () => performApiCall(call, apiTimeoutMs);
        return observer === undefined
          ? perform()
          : observer.measure({ name, origin: 'application' }, perform, outcomeOf);
      },
    ]),
  ) as PropelAuthApiFunctions;
}

/** {@link performApiCall} rejects only with a {@link PropelAuthApiError}. */
function outcomeOf(error: unknown): RequestOutcome {
  return error instanceof PropelAuthApiError ? error.code : 'unexpected_response';
}
