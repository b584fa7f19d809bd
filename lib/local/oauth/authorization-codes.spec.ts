import { AuthorizationCodes, type Grant, type Redemption } from './authorization-codes.js';

/** From appendix B of RFC 7636. */
const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const GRANT: Grant = {
  user: { name: 'alice', userId: 'a11ce000-0000-4000-8000-000000000001' },
  clientId: 'the-client',
  redirectUri: 'http://localhost:3000/redirect',
  codeChallenge: CODE_CHALLENGE,
};

const CLIENT: Omit<Redemption, 'code'> = {
  clientId: 'the-client',
  redirectUri: 'http://localhost:3000/redirect',
  codeVerifier: CODE_VERIFIER,
};

describe('AuthorizationCodes', () => {
  const clock = { time: 0, now: () => clock.time };
  let codes: AuthorizationCodes;

  beforeEach(() => {
    clock.time = 1_000_000;
    codes = new AuthorizationCodes(clock);
  });

  it('returns the grant of a code', () => {
    const code = codes.issue(GRANT);
    expect(codes.redeem({ ...CLIENT, code })).toBe(GRANT);
  });

  it('accepts a code only once', () => {
    const code = codes.issue(GRANT);
    codes.redeem({ ...CLIENT, code });
    expectRejected({ ...CLIENT, code });
  });

  it('accepts a code for one minute', () => {
    const [early, late] = [codes.issue(GRANT), codes.issue(GRANT)];
    clock.time += 60_000;
    expect(codes.redeem({ ...CLIENT, code: early })).toBe(GRANT);
    clock.time += 1;
    expectRejected({ ...CLIENT, code: late });
  });

  it.each([
    ['client', { clientId: 'another' }],
    ['redirect URI', { redirectUri: 'http://localhost:3000/another' }],
    ['code verifier', { codeVerifier: CODE_VERIFIER.toUpperCase() }],
    ['code verifier that is the challenge itself', { codeVerifier: CODE_CHALLENGE }],
  ])('rejects a code from another %s, and then from every client', (_case, other) => {
    const code = codes.issue(GRANT);
    expectRejected({ ...CLIENT, ...other, code });
    expectRejected({ ...CLIENT, code });
  });

  it('rejects a code with a challenge that nothing can match', () => {
    const code = codes.issue({ ...GRANT, codeChallenge: '' });
    expectRejected({ ...CLIENT, code });
  });

  it('keeps the latest hundred codes', () => {
    const [first, second] = [codes.issue(GRANT), codes.issue(GRANT)];
    for (let more = 0; more < 99; more += 1) codes.issue(GRANT);
    expectRejected({ ...CLIENT, code: first });
    expect(codes.redeem({ ...CLIENT, code: second })).toBe(GRANT);
  });

  function expectRejected(redemption: Redemption): void {
    expect(() => codes.redeem(redemption)).toThrow(
      expect.objectContaining({
        response: { error: 'invalid_grant', error_description: expect.any(String) },
      }) as Error,
    );
  }
});
