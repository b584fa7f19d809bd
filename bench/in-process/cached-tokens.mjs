/**
 * Measures the memory of a cached token. Needs --expose-gc. Arguments: the number of organizations of each user, all of them different,
 * and the number of tokens. Each token is signed, verified and dropped, so only the package keeps it.
 */
import { claimsOfPerson, membershipsFrom } from '../tokens/person.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { initApplication } from './application.mjs';
import { usedBytes } from './heap.mjs';

const UNCOUNTED = 100;

const [organizations, count] = process.argv.slice(2).map(Number);
const issuer = new Issuer();
const { app, propelAuth } = await initApplication(issuer);

// The first tokens also load and compile code. They stay in the cache and are not counted.
await verifyTokens(0, UNCOUNTED);
const before = usedBytes();
const tokenLength = await verifyTokens(UNCOUNTED, count);
const bytesPerToken = (usedBytes() - before) / count;
await app.close();
process.send({ tokenLength, bytesPerToken });

/** @returns the length of a token */
async function verifyTokens(firstNumber, howMany) {
  const tokens = await issuer.accessTokens(howMany, firstNumber, claimsOf);
  for (const token of tokens) {
    // As a header arrives: a new, flat string.
    const header = Buffer.from(`Bearer ${token}`).latin1Slice();
    await propelAuth.validateAuthorizationHeader(header);
  }
  return tokens[0].length;
}

function claimsOf(number) {
  return claimsOfPerson(number, membershipsFrom(number * organizations, organizations));
}
