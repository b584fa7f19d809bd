import type { UserClass } from '@propelauth/node-apis';
import { recordingBody } from '../../../test/backend/recording-body.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { PropelAuthServer, type Answer } from '../../../test/support/propelauth-server.js';
import { BackendClient } from '../../backend/backend-client.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { Refusal } from '../../refusals/refusal.js';
import { StepUpVerifier } from './step-up-verifier.js';

const GRANT = 'f374f738cc765ba468d62c61f30b1709';
const UNKNOWN_GRANT: Answer = {
  status: 400,
  body: { error_code: 'invalid_request_fields', field_errors: { grant: 'grant_not_found' } },
};

const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });

describe('StepUpVerifier', () => {
  const verifier = new StepUpVerifier(new BackendClient(options));
  const alice = { userId: 'user-alice' } as UserClass;
  /** Whether the grant is valid. */
  const isValid = async (grant: unknown) => {
    try {
      await verifier.verify(alice, 'DELETE_ORG', grant);
      return true;
    } catch (error) {
      if ((error as Refusal).reason === 'step_up_required') return false;
      throw error;
    }
  };

  let propelAuth: PropelAuthServer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
  });

  beforeEach(() => {
    propelAuth.requests.length = 0;
    propelAuth.answers({ status: 200, body: {} });
  });

  it('asks about the grant for exactly this user and this action', async () => {
    const { bodies, answer } = recordingBody({ status: 200, body: {} });
    propelAuth.answers(answer);
    expect(await isValid(GRANT)).toBe(true);
    expect(bodies).toEqual([{ user_id: 'user-alice', action_type: 'DELETE_ORG', grant: GRANT }]);
  });

  it('says no to a grant that PropelAuth does not know', async () => {
    propelAuth.answers(UNKNOWN_GRANT);
    expect(await isValid(GRANT)).toBe(false);
  });

  it('caches neither success nor rejection', async () => {
    expect(await isValid(GRANT)).toBe(true);
    propelAuth.answers(UNKNOWN_GRANT);
    expect(await isValid(GRANT)).toBe(false);
    propelAuth.answers({ status: 200, body: {} });
    expect(await isValid(GRANT)).toBe(true);
  });

  it('asks for each of those who ask at the same time, since a grant may be for one time', async () => {
    const verdicts = [1, 2, 3].map(() => isValid(GRANT));
    await Promise.all(verdicts);
    expect(propelAuth.requests).toHaveLength(3);
  });

  it.each<[string, Answer]>([
    ['a failure', { status: 500 }],
    ['a rate limit', { status: 429 }],
    ['nonsense', { status: 200, body: '<html>' }],
    ['a lost connection', (request) => request.socket.destroy()],
  ])(
    'says that PropelAuth is out of reach after %s, and does not try again',
    async (_what, answer) => {
      propelAuth.answers(answer);
      await expect(isValid(GRANT)).rejects.toMatchObject({
        reason: 'propelauth_unavailable',
      });
      expect(propelAuth.requests).toHaveLength(1);
    },
  );

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['undefined', undefined],
    ['null', null],
    ['a list', [GRANT]],
    ['an object', { grant: GRANT }],
    ['a space within', `${GRANT} ${GRANT}`],
    ['a line break at the end', `${GRANT}\n`],
    ['a letter that is not ASCII', `${GRANT}é`],
    ['a text that is too long', 'a'.repeat(4_097)],
  ])('says no to %s without asking', async (_what, grant) => {
    expect(await isValid(grant)).toBe(false);
    expect(propelAuth.requests).toHaveLength(0);
  });

  it('asks about a grant of the greatest length', async () => {
    expect(await isValid('~'.repeat(4_096))).toBe(true);
  });
});
