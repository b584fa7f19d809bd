import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerKind } from 'nestjs-propelauth';

/** The API keys that the application itself has made, before PropelAuth had any. */
@Injectable()
export class PortfolioKeys implements CallerKind<{ ownerId: string }> {
  readonly name = 'portfolio-key';
  readonly credential = [{ header: 'api-key' }];
  readonly challenge = 'Api-Key';
  private readonly owners = new Map([
    [hash('sha256', 'key-of-alice'), 'user-alice'],
    [hash('sha256', 'key-of-bob'), 'user-bob'],
    [hash('sha256', 'key-of-a-deleted-user'), 'user-deleted'],
  ]);

  identify(key: string): { ownerId: string } | undefined {
    const ownerId = this.owners.get(hash('sha256', key));
    return ownerId === undefined ? undefined : { ownerId };
  }

  revoke(key: string): void {
    this.owners.delete(hash('sha256', key));
  }

  key({ ownerId }: { ownerId: string }): string {
    return ownerId;
  }

  userId({ ownerId }: { ownerId: string }): string {
    return ownerId;
  }
}
