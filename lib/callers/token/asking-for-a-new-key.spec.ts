import { AuthenticatorSetup, issuer } from '../../../test/callers/token/authenticator-setup.js';
import { alice } from '../../../test/support/claims.js';
import { Issuer } from '../../../test/support/issuer.js';
import { Refusal } from '../../refusals/refusal.js';

const foreigner = new Issuer();
const start = Math.floor(Date.now() / 1000);

describe('A new key is requested', () => {
  let setup: AuthenticatorSetup;
  let asked: number[];

  beforeEach(() => {
    asked = [];
    setup = new AuthenticatorSetup();
    jest.spyOn(setup.keys, 'refetchFor').mockImplementation(async (issuedAt) => {
      asked.push(issuedAt);
    });
  });

  it('because of a token with an invalid signature only, with its issue time', async () => {
    const foreign = await foreigner.accessToken({ ...alice, iat: start - 7 });
    await expect(setup.authenticate(foreign)).rejects.toEqual(new Refusal('signature_invalid'));
    expect(asked).toEqual([start - 7]);
  });

  it.each<[string, Issuer, object]>([
    ['is valid', issuer, {}],
    ['has expired', issuer, { exp: start - 100 }],
    ['has expired and has another signature', foreigner, { exp: start - 100 }],
    ['is of another issuer', foreigner, { iss: 'https://auth.example.org' }],
    ['has no user', foreigner, { user_id: undefined }],
  ])('for no token that %s', async (_what, by, claims) => {
    await Promise.allSettled([setup.authenticate(await by.accessToken({ ...alice, ...claims }))]);
    expect(setup.verifier.keys).toHaveLength(1);
    expect(asked).toStrictEqual([]);
  });

  it('not if the key changed while the token was verified', async () => {
    const release = setup.holdUp();
    const attempt = setup.authenticate(await foreigner.accessToken(alice));
    setup.key = foreigner.keys.publicKey;
    release();
    expect(await attempt).toMatchObject({ userId: alice.user_id });
    expect(asked).toStrictEqual([]);
  });
});
