import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import type { IncomingCall } from '../../options/incoming-call.interface.js';
import type { PropelAuthModuleOptions } from '../../options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { BackendClient } from '../../propelauth/backend/backend-client.js';
import { callOf } from '../../transports/call-of.js';
import { asDeclared } from '../../types/as-declared.js';
import type { User } from '../../types/user.js';
import { TokenVerifier, type VerifiedUser } from '../user/token-verifier.js';
import { TokenCache, UserCallerKind } from '../user/user-caller-kind.js';
import { VerificationKeys } from '../user/verification-keys.js';
import type { CallerKind, CredentialPlace } from '../../options/caller-kind.interface.js';

/**
 * The options of {@link projectUsers}: those of {@link PropelAuthModuleOptions}, for the other project.
 *
 * @publicApi
 */
export interface ProjectUsersOptions extends Pick<
  PropelAuthModuleOptions,
  | 'authUrl'
  | 'apiKey'
  | 'apiUrl'
  | 'manualTokenVerificationMetadata'
  | 'clockToleranceSeconds'
  | 'tokenCache'
> {
  /** The name of the kind in `@RequireCaller()`, such as `'partner'`. */
  name: string;
}

/**
 * Makes the users of another PropelAuth project a kind of callers. The issuer of an access token decides whose user it is. Organization rules
 * look at the organizations of the other project, and `@DenyImpersonation()` rejects its employees.
 *
 * They are not users of this project: `@CurrentUser()` is `null` for them, and `@CurrentCaller()` has the {@link User} in `identity`. Live
 * access does not cover them: a change counts from their next token on.
 *
 * @param options the name of the kind, and `authUrl` and `apiKey` of the other project
 * @returns a kind of callers for the option `callerKinds`
 * @throws {PropelAuthConfigurationError} for a wrong option
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl,
 *   apiKey,
 *   callerKinds: [projectUsers({ name: 'partner', authUrl: 'https://auth.partner.example', apiKey: process.env.PARTNER_API_KEY! })],
 * })
 * ```
 *
 * @publicApi
 */
export function projectUsers(options: ProjectUsersOptions): CallerKind<User> {
  const { name, ...ofProject } = options;
  return new ProjectUsers(name, resolve(name, ofProject));
}

class ProjectUsers implements CallerKind<User>, OnModuleInit, OnModuleDestroy {
  readonly credential: readonly CredentialPlace[];
  // Private fields: logging this object must print neither a key nor a token.
  readonly #keys: VerificationKeys;
  readonly #users: UserCallerKind;

  /** When the token of each user expires. */
  readonly #expiries = new WeakMap<User, Date>();

  constructor(
    readonly name: string,
    options: ResolvedOptions,
  ) {
    this.credential = [{ scheme: 'Bearer', claims: { iss: options.issuer } }];
    this.#keys = new VerificationKeys(options, new BackendClient(options));
    const verifier = new TokenVerifier(options);
    this.#users = new UserCallerKind(this.#keys, verifier, new TokenCache(options));
  }

  async identify(token: string, { context }: IncomingCall): Promise<User> {
    const lifetime = context === null ? undefined : callOf(context).tokenLifetime;
    return this.dated(await this.#users.authenticate(token, lifetime));
  }

  async recall(token: string): Promise<User | undefined> {
    const verified = await this.#users.recall(token, { tokenLifetime: undefined });
    return verified && this.dated(verified);
  }

  key({ userId }: User): string {
    return userId;
  }

  expiresAt(user: User): Date | undefined {
    return this.#expiries.get(user);
  }

  memberships({ orgIdToUserOrgInfo = {} }: User) {
    return Object.values(orgIdToUserOrgInfo);
  }

  activeOrgId(user: User): string | undefined {
    return user.getActiveOrgId();
  }

  impersonator({ impersonatorUserId }: User): string | undefined {
    return impersonatorUserId;
  }

  onModuleInit(): Promise<void> {
    return this.#keys.onModuleInit();
  }

  onModuleDestroy(): void {
    this.#keys.onModuleDestroy();
  }

  private dated({ user, validUntil }: VerifiedUser): User {
    const declared = asDeclared(user);
    this.#expiries.set(declared, new Date(validUntil));
    return declared;
  }
}

/** @throws {PropelAuthConfigurationError} that names the project beside the option */
function resolve(name: string, options: PropelAuthModuleOptions): ResolvedOptions {
  try {
    return new ResolvedOptions(options);
  } catch (error) {
    throw new PropelAuthConfigurationError(
      `projectUsers({ name: '${name}' }): ${(error as Error).message}`,
    );
  }
}
