import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';

/** The secret with which an application signs its own tokens, whatever they are for. */
export const APP_SECRET = createSecretKey(Buffer.alloc(32, 'secret of the application'));

/** A token of an application itself, for an hour. */
export const ownToken = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(APP_SECRET);
