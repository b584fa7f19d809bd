import { generateKeyPairSync } from 'node:crypto';
import { PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { alice } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { generateRsaKeyPair } from '../../support/keys.js';
import { API_KEY, AUTH_URL } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { alike, whatGets, type Question, type Situation } from './question.js';

const issuer = new Issuer();
const newIssuer = new Issuer();

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ellipticPem = publicKey.export({ type: 'spki', format: 'pem' });

/** Answers that hold no usable key, and what is logged of them. */
const UNUSABLE: readonly [what: string, key: unknown, why: string][] = [
  ['a number', 1, 'PropelAuth returned no verifier_key_pem'],
  ['an empty text', '', 'an unusable verification key: it does not start with'],
  ['another text', 'nonsense', 'an unusable verification key: it does not start with'],
  ['an elliptic-curve key', ellipticPem, 'an unusable verification key: it is not an RSA key'],
  ['a short key', generateRsaKeyPair(1024).publicKeyPem, 'verification key: it has 1024 bits'],
];

function unusable(caller: string): Question['further'] {
  return UNUSABLE.map(([what, key, why]) => [what, answerWith(key), caller, why] as const);
}

function answerWith(key: unknown) {
  return { status: 200, body: { verifier_key_pem: key } };
}

function start({ log }: Situation): Promise<RunningApplication> {
  const options = { authUrl: AUTH_URL, apiKey: API_KEY, debugMode: true };
  return startApplication(
    {
      imports: [PropelAuthModule.forRoot(options)],
      controllers: [routeUnder('user', RequireUser())],
    },
    (app) => app.useLogger(log),
  );
}

async function callWithToken(application: RunningApplication, from: Issuer): Promise<string> {
  return whatGets(application, '/user', await from.headersOf(alice));
}

const NO_KEY = '503 keys_unavailable, Retry-After: 1';

/** Without a key, no token can be verified. What shows a mistake in the options fails the start. */
export const verificationKey: Question = {
  name: 'the verification key, at the start',
  good: answerWith(issuer.keys.publicKeyPem).body,
  outcomes: {
    ...alike(NO_KEY, 'PropelAuth returned no verifier_key_pem'),
    'status 400': [
      'PropelAuth rejects the request for the verification key of authUrl https://auth.example.com',
    ],
    'status 401': ['apiKey is not an API key of this PropelAuth project'],
    'status 404': ['authUrl https://auth.example.com is unknown to PropelAuth'],
    'status 429': [NO_KEY, 'PropelAuth returned status 429'],
    'status 429 with Retry-After': [NO_KEY.replace('1', '7'), 'PropelAuth returned status 429'],
  },
  further: unusable(NO_KEY),
  async ask(situation) {
    await situation.answer();
    try {
      return await callWithToken(await start(situation), issuer);
    } catch (error) {
      return (error as Error).message.replace(/ \(\d+\).*/, '');
    }
  },
};

const OLD_KEY = '503 signature_unverified, Retry-After: 10; 200 with the key of before';

/** Asked because of a token of another key. The key of before stays in use, whatever comes. */
export const verificationKeyAgain: Question = {
  name: 'the verification key, because of a token of another key',
  good: answerWith(newIssuer.keys.publicKeyPem).body,
  outcomes: {
    ...alike(OLD_KEY, 'PropelAuth returned no verifier_key_pem'),
    good: ['200; 503 signature_unverified, Retry-After: 10 with the key of before'],
    'status 400': [OLD_KEY, 'PropelAuth rejects the request for the verification key'],
    'status 401': [OLD_KEY, 'apiKey is not an API key of this PropelAuth project'],
    'status 404': [OLD_KEY, 'is unknown to PropelAuth'],
    'status 429': [OLD_KEY.replace('10', '1'), 'PropelAuth returned status 429'],
    'status 429 with Retry-After': [OLD_KEY.replace('10', '7'), 'PropelAuth returned status 429'],
  },
  further: unusable(OLD_KEY),
  async ask(situation) {
    situation.propelAuth.answersWithKey(issuer.keys.publicKeyPem);
    const application = await start(situation);
    await situation.answer();
    const caller = await callWithToken(application, newIssuer);
    return `${caller}; ${await callWithToken(application, issuer)} with the key of before`;
  },
};
