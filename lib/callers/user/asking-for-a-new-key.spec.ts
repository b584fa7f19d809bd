import { AuthenticatorSetup, issuer } from '../../../test/callers/user/authenticator-setup.js';
import { alice } from '../../../test/support/claims.js';
import { Issuer } from '../../../test/support/issuer.js';
import { Rejection } from '../../rejections/rejection.js';

const foreigner = new Issuer();
const start = Math.floor(Date.now() / 1000);

describe('A new key is requested', () => {
  let setup: AuthenticatorSetup;
  let asked: unknown[];

  beforeEach(() => {
    asked = [];
    setup = new AuthenticatorSetup();
    jest.spyOn(setup.keys, 'refetchFor').mockImplementation(async (issuedAt, isOfReplacedKey) => {
      asked.push([issuedAt, isOfReplacedKey]);
    });
  });

  it('because of a token with an invalid signature only, with its issue time', async () => {
    const foreign = await foreigner.accessToken({ ...alice, iat: start - 7 });
    await expect(setup.authenticate(foreign)).rejects.toEqual(new Rejection('signature_invalid'));
    expect(asked).toEqual([[start - 7, false]]);
  });

  it('because of a token of the key that was replaced, which is said', async () => {
    setup.keys.replaced = foreigner.keys.publicKey;
    const old = await foreigner.accessToken({ ...alice, iat: start - 7 });
    await expect(setup.authenticate(old)).rejects.toEqual(new Rejection('signature_invalid'));
    const foreign = await new Issuer().accessToken({ ...alice, iat: start - 8 });
    await expect(setup.authenticate(foreign)).rejects.toEqual(new Rejection('signature_invalid'));
    expect(asked).toEqual([
      [start - 7, true],
      [start - 8, false],
    ]);
  });

  it('not if the key changed while the token was tried with the replaced one', async () => {
    setup.keys.replaced = issuer.keys.publicKey;
    const { verifier } = setup;
    const verify = verifier.verify.bind(verifier);
    jest.spyOn(verifier, 'verify').mockImplementation(async (token, key) => {
      if (key === issuer.keys.publicKey) setup.key = foreigner.keys.publicKey;
      return verify(token, key);
    });
    setup.key = new Issuer().keys.publicKey;
    expect(await setup.authenticate(await foreigner.accessToken(alice))).toMatchObject({
      userId: alice.user_id,
    });
    expect(asked).toEqual([]);
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
