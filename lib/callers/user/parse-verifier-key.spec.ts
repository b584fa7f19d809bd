import { generateKeyPairSync } from 'node:crypto';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import { parseVerifierKey } from './parse-verifier-key.js';

const { publicKey, privateKey, publicKeyPem } = generateRsaKeyPair();

function spkiOf(publicHalf: { export(options: object): unknown }): string {
  return String(publicHalf.export({ type: 'spki', format: 'pem' }));
}

function messageOf(pem: string): string {
  try {
    parseVerifierKey(pem);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('parseVerifierKey', () => {
  it.each([
    ['as PropelAuth shows it', publicKeyPem],
    ['without the last line break', publicKeyPem.trim()],
    ['surrounded by white space', `\n\t  ${publicKeyPem}\r\n\n`],
    ['with Windows line breaks', publicKeyPem.replaceAll('\n', '\r\n')],
    ['with line breaks written \\n', publicKeyPem.replaceAll('\n', '\\n')],
    ['with line breaks written \\r\\n', publicKeyPem.replaceAll('\n', '\\r\\n')],
  ])('reads a key %s', (_how, pem) => {
    expect(parseVerifierKey(pem).equals(publicKey)).toBe(true);
  });

  it('reads longer keys', () => {
    const longer = generateRsaKeyPair(3072);
    expect(parseVerifierKey(longer.publicKeyPem).equals(longer.publicKey)).toBe(true);
  });

  it.each([
    ['nothing', '', /does not start with -----BEGIN PUBLIC KEY-----/],
    ['another string', 'SECRET', /does not start with/],
    ['text before the key', `SECRET\n${publicKeyPem}`, /does not start with/],
    [
      'a private key',
      String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      /does not start with/,
    ],
    [
      'a public key as PKCS #1',
      String(publicKey.export({ type: 'pkcs1', format: 'pem' })),
      /does not start with/,
    ],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      /does not start with/,
    ],
    ['only the first line', '-----BEGIN PUBLIC KEY-----', /not a readable/],
    [
      'nonsense between the right lines',
      '-----BEGIN PUBLIC KEY-----\nSECRET\n-----END PUBLIC KEY-----',
      /not a readable/,
    ],
    ['a key that is cut off', publicKeyPem.slice(0, 200), /not a readable/],
    [
      'an elliptic-curve key',
      spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
      /not an RSA key/,
    ],
    ['an Ed25519 key', spkiOf(generateKeyPairSync('ed25519').publicKey), /not an RSA key/],
    [
      'a key that is for RSASSA-PSS only',
      spkiOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey),
      /not an RSA key/,
    ],
    ['a key of 1024 bits', generateRsaKeyPair(1024).publicKeyPem, /has 1024 bits.*2048 or more/],
    ['a key of 2040 bits', generateRsaKeyPair(2040).publicKeyPem, /has 2040 bits.*2048 or more/],
  ])('rejects %s without repeating it', (_what, pem, message) => {
    expect(messageOf(pem)).toMatch(message);
    const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    for (const line of lines) expect(messageOf(pem)).not.toContain(line);
  });
});
