import { getApis } from '@propelauth/node-apis';
import { isLoopbackOrigin } from '../../options/origin.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { Hooks, RequestOutcome } from '../../plugins/hooks.js';
import { performApiCall } from './api-call.js';
import { callElsewhere } from './client-fetch.js';
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

/** A function of PropelAuth's client. */
type ClientFunction = (...parameters: never[]) => Promise<unknown>;

/** Binds PropelAuth's client to a project, with a deadline and {@link PropelAuthApiError} for each of its functions. */
export function createPropelAuthApi(options: ResolvedOptions, hooks?: Hooks): PropelAuthApi {
  const client = getApis(options.authUrl, options.readApiKey());
  const functions = Object.entries<ClientFunction>(client).map(([name, send]) => [
    name,
    (...parameters: never[]) => perform(name, () => send(...parameters), options, hooks),
  ]);
  return Object.assign(
    Object.create(PropelAuthApi.prototype) as PropelAuthApi,
    Object.fromEntries(functions),
  );
}

function perform(
  name: string,
  sendThere: () => Promise<unknown>,
  { authUrl, apiUrl, apiTimeoutMs, fetch }: ResolvedOptions,
  hooks: Hooks | undefined,
): Promise<unknown> {
  const isElsewhere = fetch !== undefined || isLoopbackOrigin(authUrl);
  const send = isElsewhere ? () => callElsewhere(apiUrl.origin, fetch, sendThere) : sendThere;
  const call = () => performApiCall({ name, send }, apiTimeoutMs);
  return hooks?.measure?.({ name, origin: 'application' }, call, outcomeOf) ?? call();
}

/** {@link performApiCall} rejects only with a {@link PropelAuthApiError}. */
function outcomeOf(error: unknown): RequestOutcome {
  return error instanceof PropelAuthApiError ? error.code : 'unexpected_response';
}
