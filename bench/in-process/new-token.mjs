/**
 * Measures how long it takes to verify a new token: by `validateAccessToken()`, and by bare jose.jwtVerify with the same key and options.
 * The minimum is OpenSSL alone, in the calling thread. They take turns, block by block.
 *
 * Arguments: how many tokens are verified at the same time, and the number of blocks. It sends the nanoseconds per token of each block.
 */
import { verify } from 'node:crypto';
import { ISSUER, Issuer } from '../tokens/issuer.mjs';
import { importPackage } from '../under-test/root.mjs';
import { initApplication } from './application.mjs';

// The copy that the package uses: other packages in the bench bring their own.
const { jwtVerify } = await importPackage('jose');

const BLOCK_SIZE = 32;
const JOSE_OPTIONS = {
  algorithms: ['RS256'],
  issuer: ISSUER,
  requiredClaims: ['exp', 'iat', 'iss'],
  clockTolerance: 60,
};

const [concurrency, blocks] = process.argv.slice(2).map(Number);
const issuer = new Issuer();
const tokens = await issuer.accessTokens(blocks * BLOCK_SIZE);
const { app, propelAuth } = await initApplication(issuer);

const calls = Object.entries({
  own: (token) => propelAuth.validateAccessToken(token),
  jose: (token) => jwtVerify(token, issuer.publicKey, JOSE_OPTIONS),
  native: verifyNatively,
});
const times = { own: [], jose: [], native: [] };
for (let block = 0; block < blocks; block++) {
  const inBlock = tokens.slice(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE);
  for (const [name, call] of block % 2 === 0 ? calls : calls.toReversed()) {
    times[name].push(await nanosecondsPerToken(inBlock, call));
  }
}
await app.close();
// In the first quarter, the code was not yet compiled.
const settled = (values) => values.slice(Math.ceil(blocks / 4));
process.send({ own: settled(times.own), jose: settled(times.jose), native: settled(times.native) });

async function nanosecondsPerToken(block, call) {
  // As from the network: new, flat strings.
  const arriving = block.map((token) => Buffer.from(token).latin1Slice());
  const start = process.hrtime.bigint();
  for (let first = 0; first < arriving.length; first += concurrency) {
    await Promise.all(arriving.slice(first, first + concurrency).map(call));
  }
  return Number(process.hrtime.bigint() - start) / block.length;
}

function verifyNatively(token) {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const isVerified = verify(
    'RSA-SHA256',
    Buffer.from(token.slice(0, end)),
    issuer.publicKey,
    signature,
  );
  if (!isVerified) throw new Error('A signature was not verified');
}
