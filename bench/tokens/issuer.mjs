import { generateKeyPairSync, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { claimsOfPerson } from './person.mjs';

export const ISSUER = 'https://auth.example.com';

const LIFETIME_SECONDS = 1_800;
const HEADER = encode({ alg: 'RS256', typ: 'JWT' });

// With a callback the signature is made in the thread pool: all cores take part.
const signInThreadPool = promisify(sign);

/** Makes access tokens as PropelAuth does: RS256 with a 2048-bit key, valid for half an hour. */
export class Issuer {
  #privateKey;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = publicKey;
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.#privateKey = privateKey;
  }

  /** The tokens of as many people, all different, from a number on. */
  accessTokens(count, firstNumber = 0) {
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        this.accessToken(claimsOfPerson(firstNumber + index)),
      ),
    );
  }

  /** @param issuedAt in seconds since 1970 */
  async accessToken(claimsOfUser, issuedAt = Math.floor(Date.now() / 1000)) {
    const claims = { iss: ISSUER, iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS };
    const signed = `${HEADER}.${encode({ ...claims, ...claimsOfUser })}`;
    const signature = await signInThreadPool('RSA-SHA256', Buffer.from(signed), this.#privateKey);
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
