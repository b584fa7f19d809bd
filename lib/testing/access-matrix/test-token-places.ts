import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/describe-access.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { Policies } from '../../rules/policies.js';
import { CannotCall, type CallParts } from './entry-point.js';

/** Knows which handlers have the access token where only a `tokenSource` of the application knows. */
export class TokenPlaces {
  constructor(private readonly app: INestApplicationContext) {}

  /** @throws {CannotCall} for a call with a token, when the application does not say where that is */
  assertKnown(handler: DescribedHandler, { credentials, given }: CallParts): void {
    if (credentials.tokens.length === 0 || Object.keys(given).length > 0) return;
    if (this.isElsewhere(handler)) throw new CannotCall(ADVICE);
  }

  /** Whether a call has no place for a token but that of the application. */
  isElsewhere({ access, description: { transport }, subject }: DescribedHandler): boolean {
    if (isForEveryone(access.access)) return false;
    const { tokenSources } = this.app
      .get(Policies, { strict: false })
      .ofHandler(subject.controller, subject.handler);
    return transport === 'rpc' || tokenSources.length > 0;
  }
}

const ADVICE =
  'Only your tokenSource knows where its access token is. Return the token from argsFor, for example { data: { ' +
  'accessToken: token } }.';
