import type { KeyObject } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { UserClass } from '@propelauth/node-apis';
import { BackendClient } from '../../../lib/propelauth/backend/backend-client.js';
import { UserCallerKind } from '../../../lib/callers/user/user-caller-kind.js';
import { TokenCache } from '../../../lib/callers/user/user-caller-kind.js';
import { TokenVerifier, type VerifiedToken } from '../../../lib/callers/user/token-verifier.js';
import { VerificationKeys } from '../../../lib/callers/user/verification-keys.js';
import type { Hooks } from '../../../lib/plugins/hooks.js';
import type { PropelAuthModuleOptions } from '../../../lib/options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../../../lib/options/resolved-options.js';
import { Rejection } from '../../../lib/rejections/rejection.js';
import { Issuer } from '../../support/issuer.js';

export const issuer = new Issuer();

/** A verifier that writes down under which keys it was asked, and that can be held up. */
class ObservedVerifier extends TokenVerifier {
  readonly keys: KeyObject[] = [];
  /** Verifications wait for it. */
  gate: Promise<unknown> = Promise.resolve();

  override async verify(token: string, key: KeyObject): Promise<VerifiedToken | Rejection> {
    this.keys.push(key);
    await this.gate;
    return super.verify(token, key);
  }
}

/** An authenticator whose key can be changed, or taken away. */
export class AuthenticatorSetup {
  key: KeyObject | undefined = issuer.keys.publicKey;
  readonly keys: VerificationKeys;
  readonly verifier: ObservedVerifier;
  readonly authenticator: UserCallerKind;

  constructor(options: Partial<PropelAuthModuleOptions> = {}, hooks?: Hooks) {
    const resolved = new ResolvedOptions({ ...issuer.moduleOptions, ...options });
    this.keys = new VerificationKeys(resolved, new BackendClient(resolved));
    Object.defineProperty(this.keys, 'current', { get: () => this.key });
    jest
      .spyOn(this.keys, 'awaitKey')
      .mockRejectedValue(new Rejection('keys_unavailable', { retryAfterSeconds: 1 }));
    this.verifier = new ObservedVerifier(resolved);
    this.authenticator = new UserCallerKind(
      this.keys,
      this.verifier,
      new TokenCache(resolved),
      hooks,
    );
  }

  authenticate(token: string, request?: object): UserClass | Promise<UserClass> {
    const verified = this.authenticator.authenticate(token, request);
    return verified instanceof Promise ? verified.then(({ user }) => user) : verified.user;
  }

  /** Holds verifications up until the function that it returns is called. */
  holdUp(): () => void {
    const gate = new EventEmitter();
    this.verifier.gate = once(gate, 'open');
    return () => void gate.emit('open');
  }
}
