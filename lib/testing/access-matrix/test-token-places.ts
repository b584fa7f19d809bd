import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/describe-access.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { Policies } from '../../rules/policies.js';
import { CannotCall, type CallParts } from './entry-point.js';

/** Knows the handlers whose access token is found only by a `tokenSource` of the application. */
export class TokenPlaces {
  constructor(private readonly app: INestApplicationContext) {}

  /** @throws {CannotCall} for a call with a token, if the application does not say where messages carry it */
  assertKnown(handler: DescribedHandler, { credentials, given }: CallParts): void {
    if (credentials.tokens.length === 0 || Object.keys(given).length > 0) return;
    if (this.isElsewhere(handler)) throw new CannotCall(ADVICE);
  }

  /** Whether only a `tokenSource` of the application finds the token of a call. */
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
