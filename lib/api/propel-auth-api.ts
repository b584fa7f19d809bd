import { getApis } from '@propelauth/node-apis';

/** The functions of PropelAuth's backend API, as PropelAuth's own client has them. */
export type PropelAuthApiFunctions = ReturnType<typeof getApis>;

/**
 * PropelAuth's backend API: every function of `@propelauth/node-apis`, for users, organizations, roles, end-user API keys
 * and more. Inject it by its class.
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
// An abstract class merged with the interface: a token for the injector and a type for the compiler at once.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- what the class lacks, createPropelAuthApi adds
export abstract class PropelAuthApi {}
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface PropelAuthApi extends PropelAuthApiFunctions {}

/** Binds PropelAuth's client to a project. */
export function createPropelAuthApi({
  authUrl,
  apiKey,
}: {
  authUrl: URL;
  apiKey: string;
}): PropelAuthApi {
  return Object.assign(
    Object.create(PropelAuthApi.prototype) as PropelAuthApi,
    getApis(authUrl, apiKey),
  );
}
