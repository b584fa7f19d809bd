import type { INestApplicationContext } from '@nestjs/common';
import type { DescribedHandler } from '../../audit/describe-access.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { Policies } from '../../rules/policies.js';

/** Knows where the transport has the access token of a call, and where only the application has. */
export class TokenPlaces {
  constructor(private readonly app: INestApplicationContext) {}

  /** Whether only a `tokenSource` of the application says where the token of a call is. */
  isUnknownFor({ access, description: { transport }, subject }: DescribedHandler): boolean {
    if (isForEveryone(access.access)) return false;
    const { tokenSources } = this.app
      .get(Policies, { strict: false })
      .ofHandler(subject.controller, subject.handler);
    return transport === 'rpc' || tokenSources.length > 0;
  }
}
