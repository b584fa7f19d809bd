import { generateKeyPairSync, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { claimsOfPerson } from './person.mjs';

export const ISSUER = 'https://auth.example.com';

const LIFETIME_SECONDS = 1_800;
const HEADER = encode({ alg: 'RS256', typ: 'JWT' });

// With a callback, the signature is made in the thread pool, on all cores.
const signInThreadPool = promisify(sign);

/** Issues access tokens as PropelAuth does: RS256 with a key of 2048 bits, valid for half an hour. */
export class Issuer {
  #privateKey;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /** What its tokens are verified with. */
  get verification() {
    const verifierKey = this.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return { verifierKey, issuer: ISSUER };
  }

  /** The tokens of different users, from a number on. */
  accessTokens(count, firstNumber = 0, claimsOf = claimsOfPerson) {
    return Promise.all(
      Array.from({ length: count }, (_, index) => this.#accessToken(claimsOf(firstNumber + index))),
    );
  }

  async #accessToken(claimsOfUser) {
    const issuedAt = Math.floor(Date.now() / 1000);
    const claims = { iss: ISSUER, iat: issuedAt, exp: issuedAt + LIFETIME_SECONDS };
    const signed = `${HEADER}.${encode({ ...claims, ...claimsOfUser })}`;
    const signature = await signInThreadPool('RSA-SHA256', Buffer.from(signed), this.#privateKey);
    return `${signed}.${signature.toString('base64url')}`;
  }
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
