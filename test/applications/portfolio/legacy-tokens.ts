import { Injectable } from '@nestjs/common';
import { jwtVerify } from 'jose';
import type { CallerKind, CredentialPlace } from 'nestjs-propelauth';

const ISSUER = 'https://portfolio.example.com';

/** The tokens of the sign-in before PropelAuth, for as long as users still have some. */
@Injectable()
export class LegacyTokens implements CallerKind<{ userId: string; expiresAt: Date }> {
  readonly name = 'legacy-user';
  readonly credential: readonly CredentialPlace[] = [{ scheme: 'Bearer', claims: { iss: ISSUER } }];
  private readonly secret = new TextEncoder().encode(process.env['LEGACY_JWT_SECRET']);

  async identify(token: string) {
    try {
      const { payload } = await jwtVerify(token, this.secret, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        requiredClaims: ['sub', 'exp'],
      });
      return { userId: payload.sub as string, expiresAt: new Date((payload.exp as number) * 1000) };
    } catch {
      return undefined;
    }
  }

  key({ userId }: { userId: string }): string {
    return userId;
  }

  expiresAt({ expiresAt }: { expiresAt: Date }): Date {
    return expiresAt;
  }
}
