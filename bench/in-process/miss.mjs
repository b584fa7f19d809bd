/**
 * Measures how long it takes to verify a token that was not seen before: this package's token check, bare jose.jwtVerify with the
 * same key and options, and the floor, OpenSSL's RSA verification of the same signature. They take turns, block by block.
 */
import { verify } from 'node:crypto';
import { jwtVerify } from '../package-under-test.mjs';
import { median } from '../statistics.mjs';
import { ISSUER, Issuer } from '../tokens/issuer.mjs';
import { findTokenAuthenticator, initOwnApplication } from './own-application.mjs';

const BLOCK_SIZE = 50;
const JOSE_OPTIONS = {
  algorithms: ['RS256'],
  issuer: ISSUER,
  requiredClaims: ['exp', 'iat', 'iss'],
  clockTolerance: 60,
};

const issuer = new Issuer();
const tokens = await issuer.accessTokens(Number(process.argv[2]));
const app = await initOwnApplication(issuer);
const authenticator = findTokenAuthenticator(app);

const times = { own: [], jose: [], openSsl: [] };
for (let first = 0; first < tokens.length; first += BLOCK_SIZE) {
  const block = tokens.slice(first, first + BLOCK_SIZE);
  const measurements = [
    async () => times.own.push(await microsecondsPerCall(block, verifyWithOwn)),
    async () => times.jose.push(await microsecondsPerCall(block, verifyWithJose)),
  ];
  // Neither is always the first.
  if ((first / BLOCK_SIZE) % 2 === 1) measurements.reverse();
  for (const measure of measurements) await measure();
  times.openSsl.push(microsecondsOfOpenSsl(block));
}
await app.close();
process.send({
  own: settled(times.own),
  jose: settled(times.jose),
  openSsl: settled(times.openSsl),
  ratio: settled(times.own.map((time, index) => time / times.jose[index])),
});

async function verifyWithOwn(token) {
  const verification = authenticator.authenticate(token);
  if (!(verification instanceof Promise)) throw new Error('A token that was to be new is known');
  await verification;
}

async function verifyWithJose(token) {
  await jwtVerify(token, issuer.publicKey, JOSE_OPTIONS);
}

/** One after the other, so that it is the time of one and not how many fit side by side. */
async function microsecondsPerCall(block, call) {
  // As the network brings them: flat strings that nobody has looked at yet.
  const arriving = block.map((token) => Buffer.from(token).latin1Slice());
  const start = performance.now();
  for (const token of arriving) await call(token);
  return ((performance.now() - start) / block.length) * 1_000;
}

function microsecondsOfOpenSsl(block) {
  const signatures = block.map((token) => {
    const end = token.lastIndexOf('.');
    return {
      signed: Buffer.from(token.slice(0, end)),
      signature: Buffer.from(token.slice(end + 1), 'base64url'),
    };
  });
  const start = performance.now();
  for (const { signed, signature } of signatures) {
    if (!verify('RSA-SHA256', signed, issuer.publicKey, signature)) throw new Error('Not verified');
  }
  return ((performance.now() - start) / block.length) * 1_000;
}

/** The median without the blocks of the beginning, when the code was not yet compiled. */
function settled(blocks) {
  return median(blocks.slice(Math.floor(blocks.length / 4)));
}
