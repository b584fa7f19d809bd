import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerKind, CredentialPlace } from 'nestjs-propelauth';
import { TokenRows } from './token-rows.js';

export interface PersonalAccess {
  readonly tokenId: string;
  readonly ownerId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

/** Tokens that users make for scripts: `Authorization: Bearer pat-…`. Only their hashes are stored. */
@Injectable()
export class PersonalAccessTokens implements CallerKind<PersonalAccess> {
  readonly name = 'personal-access-token';
  readonly credential: readonly CredentialPlace[] = [{ scheme: 'Bearer', prefix: 'pat-' }];

  constructor(private readonly rows: TokenRows) {}

  async identify(text: string): Promise<PersonalAccess | undefined> {
    return this.rows.findByHash(hash('sha256', text));
  }

  key({ tokenId }: PersonalAccess): string {
    return tokenId;
  }

  userId({ ownerId }: PersonalAccess): string {
    return ownerId;
  }

  expiresAt({ expiresAt }: PersonalAccess): Date {
    return expiresAt;
  }

  scopes({ scopes }: PersonalAccess): readonly string[] {
    return scopes;
  }

  memberships({ ownerId }: PersonalAccess) {
    return this.rows.membershipsOf(ownerId);
  }
}
