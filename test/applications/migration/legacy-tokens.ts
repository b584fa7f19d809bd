import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { CallerKind, CredentialPlace } from 'nestjs-propelauth';
import { OldMembers } from './old-members.js';

const ISSUER = 'https://acme.eu.auth0.com/'; // exactly as in the claim iss
const AUDIENCE = 'https://api.acme.example';

/** jose's codes for a key set that could not be fetched. */
const OUTAGES = ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC'];

export interface LegacyUser {
  readonly userId: string;
  readonly expiresAt: Date;
}

/** Access tokens of the sign-in before PropelAuth. */
@Injectable()
export class LegacyTokens implements CallerKind<LegacyUser> {
  readonly name = 'legacy-user';
  readonly credential: readonly CredentialPlace[] = [{ scheme: 'Bearer', claims: { iss: ISSUER } }];
  private readonly keys = createRemoteJWKSet(new URL('.well-known/jwks.json', ISSUER));

  constructor(private readonly members: OldMembers) {}

  async identify(token: string): Promise<LegacyUser | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: ['RS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sub', 'exp'],
      });
      return { userId: payload.sub as string, expiresAt: new Date((payload.exp as number) * 1000) };
    } catch (error) {
      if (error instanceof errors.JOSEError && !OUTAGES.includes(error.code)) return undefined; // 401
      throw new ServiceUnavailableException();
    }
  }

  key({ userId }: LegacyUser): string {
    return userId;
  }

  expiresAt({ expiresAt }: LegacyUser): Date {
    return expiresAt;
  }

  memberships({ userId }: LegacyUser) {
    return this.members.membershipsOf(userId);
  }
}
