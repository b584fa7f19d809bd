import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerKind } from 'nestjs-propelauth';

/** The API keys that the application itself has made, before PropelAuth had any. */
@Injectable()
export class PortfolioKeys implements CallerKind<{ ownerId: string }> {
  readonly name = 'portfolio-key';
  readonly credential = [{ header: 'api-key' }];
  readonly challenge = 'Api-Key';
  private readonly owners = new Map([[hash('sha256', 'key-of-alice'), 'user-alice']]);

  identify(key: string): { ownerId: string } | undefined {
    const ownerId = this.owners.get(hash('sha256', key));
    return ownerId === undefined ? undefined : { ownerId };
  }

  key({ ownerId }: { ownerId: string }): string {
    return ownerId;
  }

  userId({ ownerId }: { ownerId: string }): string {
    return ownerId;
  }
}
