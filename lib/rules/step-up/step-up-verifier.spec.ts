import { inspect } from 'node:util';
import type { UserClass } from '@propelauth/node-apis';
import { recordingBody } from '../../../test/propelauth/backend/recording-body.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { PropelAuthServer, type Answer } from '../../../test/support/propelauth-server.js';
import { BackendClient, type StepUpGrantRequest } from '../../propelauth/backend/backend-client.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { Rejection } from '../../rejections/rejection.js';
import { StepUpVerifier } from './step-up-verifier.js';

const GRANT = 'f374f738cc765ba468d62c61f30b1709';
const UNKNOWN_GRANT: Answer = {
  status: 400,
  body: { error_code: 'invalid_request_fields', field_errors: { grant: 'grant_not_found' } },
};

/** What a rule asks for. */
const requiring = (actionType: string) => [{ actionType, grantHeader: 'x-step-up-grant' }];

const alice = { userId: 'user-alice' } as UserClass;
const bob = { userId: 'user-bob' } as UserClass;
const STEP_UP_REQUIRED = { reason: 'step_up_required' };

const options = new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY });

describe('StepUpVerifier', () => {
  const verifier = new StepUpVerifier(new BackendClient(options));
  const verify = (grant: string, { user = alice, action = 'DELETE_ORG', operation = {} } = {}) =>
    verifier.verifyAll(user, requiring(action), { 'x-step-up-grant': grant }, operation);
  /** Whether the grant is valid. */
  const isValid = async (grant: unknown) => {
    try {
      await verifier.verify(alice, 'DELETE_ORG', grant);
      return true;
    } catch (error) {
      if ((error as Rejection).reason === 'step_up_required') return false;
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

  it('verifies the grant for exactly this user and this action', async () => {
    const { bodies, answer } = recordingBody({ status: 200, body: {} });
    propelAuth.answers(answer);
    expect(await isValid(GRANT)).toBe(true);
    expect(bodies).toEqual([{ user_id: 'user-alice', action_type: 'DELETE_ORG', grant: GRANT }]);
  });

  it('caches neither success nor rejection', async () => {
    expect(await isValid(GRANT)).toBe(true);
    propelAuth.answers(UNKNOWN_GRANT);
    expect(await isValid(GRANT)).toBe(false);
    propelAuth.answers({ status: 200, body: {} });
    expect(await isValid(GRANT)).toBe(true);
  });

  it('sends a request for each concurrent call, because a grant may be one-time', async () => {
    const verdicts = [1, 2, 3].map(() => isValid(GRANT));
    await Promise.all(verdicts);
    expect(propelAuth.requests).toHaveLength(3);
  });

  it('sends one request for an invalid grant in all parts of one operation', async () => {
    propelAuth.answers(UNKNOWN_GRANT);
    const operation = {};
    const part = () => verify(GRANT, { operation });
    const parts = await Promise.allSettled(Array.from({ length: 500 }, part));
    expect(new Set(parts.map(({ status }) => status))).toEqual(new Set(['rejected']));
    await expect(part()).rejects.toMatchObject(STEP_UP_REQUIRED);
    expect(propelAuth.requests).toHaveLength(1);
  });

  it('verifies parts of an operation one after another, because a grant may be one-time', async () => {
    const answers = [true, true, false, true];
    let pending = 0;
    const verifyStepUpGrant = async () => {
      pending++;
      expect(pending).toBe(1);
      await new Promise(setImmediate);
      pending--;
      return answers.shift() as boolean;
    };
    const serial = new StepUpVerifier({ verifyStepUpGrant } as unknown as BackendClient);
    const operation = {};
    const parts = await Promise.allSettled(
      Array.from({ length: 100 }, () =>
        serial.verifyAll(alice, requiring('DELETE_ORG'), { 'x-step-up-grant': GRANT }, operation),
      ),
    );
    expect(parts.slice(0, 3).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(parts.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(answers).toEqual([true]);
  });

  it('sends at most ten requests for the operations of one request, and rejects the other parts', async () => {
    const request = {};
    const part = (operation: object, grant: string) => {
      const headers = { 'x-step-up-grant': grant };
      return verifier.verifyAll(alice, requiring('DELETE_ORG'), headers, operation, request);
    };
    const operations = [{}, {}, {}];
    const parts = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        part(operations[index % 3] as object, index % 2 === 0 ? GRANT : `${GRANT}0`),
      ),
    );
    expect(propelAuth.requests).toHaveLength(10);
    expect(parts.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    await expect(part({}, `${GRANT}1`)).rejects.toMatchObject({
      reason: 'step_up_required',
      detail: 'This operation needs more step-up grants than the 10 that are verified for one',
    });
    expect(propelAuth.requests).toHaveLength(10);
  });

  it('rejects only the same grant again after it was invalid', async () => {
    const operation = {};
    propelAuth.answers(UNKNOWN_GRANT);
    await expect(verify(GRANT, { operation })).rejects.toMatchObject(STEP_UP_REQUIRED);
    propelAuth.answers({ status: 200, body: {} });
    await verify(GRANT, { operation, user: bob });
    await verify(GRANT, { operation, action: 'PAY' });
    await verify(GRANT.toUpperCase(), { operation });
    await expect(verify(GRANT, { operation })).rejects.toMatchObject(STEP_UP_REQUIRED);
  });

  it.each([undefined, '', 'a grant', 'a'.repeat(5_000)])(
    'verifies none of several grants if one cannot be valid: %p',
    async (wrong) => {
      const requirements = [
        ...requiring('PAY'),
        { actionType: 'DELETE_ORG', grantHeader: 'x-other-grant' },
      ];
      const both = { 'x-step-up-grant': GRANT, 'x-other-grant': GRANT };
      for (const header of Object.keys(both)) {
        await expect(
          verifier.verifyAll(alice, requirements, { ...both, [header]: wrong }),
        ).rejects.toMatchObject(STEP_UP_REQUIRED);
      }
      expect(propelAuth.requests).toEqual([]);
      await verifier.verifyAll(alice, requirements, both);
      expect(propelAuth.requests).toHaveLength(2);
    },
  );

  it('rejects a grant without a user', async () => {
    await expect(
      verifier.verifyAll(null, requiring('PAY'), { 'x-step-up-grant': GRANT }),
    ).rejects.toMatchObject(STEP_UP_REQUIRED);
    expect(propelAuth.requests).toEqual([]);
  });

  it('shares nothing between operations, because a grant may be one-time', async () => {
    await Promise.all([verify(GRANT), verify(GRANT)]);
    expect(propelAuth.requests).toHaveLength(2);
  });

  it('has at most 50 requests in flight, and serves users in turn', async () => {
    const asked: { userId: string; answer: () => void }[] = [];
    const verifyStepUpGrant = ({ userId }: StepUpGrantRequest) =>
      new Promise<boolean>((resolve) => {
        asked.push({ userId, answer: () => resolve(true) });
      });
    const busy = new StepUpVerifier({ verifyStepUpGrant } as unknown as BackendClient);
    const verdicts = Array.from({ length: 100 }, (_, index) =>
      busy.verify(alice, 'DELETE_ORG', `${GRANT}${index}`),
    );
    verdicts.push(busy.verify(bob, 'DELETE_ORG', GRANT));
    expect(asked).toHaveLength(50);
    asked[0]?.answer();
    asked[1]?.answer();
    await new Promise(setImmediate);
    expect(asked.slice(50).map(({ userId }) => userId)).toEqual(['user-alice', 'user-bob']);
    while (asked.length > 0) {
      asked.splice(0).forEach(({ answer }) => answer());
      await new Promise(setImmediate);
    }
    expect(await Promise.all(verdicts)).toHaveLength(101);
  });

  it('prints no grant', async () => {
    const operation = {};
    await verify(GRANT, { operation });
    expect(inspect([verifier, operation], { depth: null, showHidden: true })).not.toContain(GRANT);
  });

  it.each<[string, Answer]>([
    ['a failure', { status: 500 }],
    ['a rate limit', { status: 429 }],
    ['a rejected integration', { status: 401 }],
    ['a rejection without a reason', { status: 400, body: {} }],
    ['a redirect', { status: 307, headers: { location: '/yes' } }],
    ['a success without a body', { status: 204 }],
    ['nonsense', { status: 200, body: '<html>' }],
    ['a broken connection', (request) => request.socket.destroy()],
  ])('reports that PropelAuth is unreachable after %s, without a retry', async (_what, answer) => {
    propelAuth.answers(answer);
    await expect(isValid(GRANT)).rejects.toMatchObject({
      reason: 'propelauth_unavailable',
    });
    expect(propelAuth.requests).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['undefined', undefined],
    ['null', null],
    ['an array', [GRANT]],
    ['an object', { grant: GRANT }],
    ['a space within', `${GRANT} ${GRANT}`],
    ['a trailing line break', `${GRANT}\n`],
    ['a letter that is not ASCII', `${GRANT}é`],
    ['a string that is too long', 'a'.repeat(4_097)],
  ])('rejects %s without a request', async (_what, grant) => {
    expect(await isValid(grant)).toBe(false);
    expect(propelAuth.requests).toHaveLength(0);
  });

  it('sends a request for a grant of the maximum length', async () => {
    expect(await isValid('~'.repeat(4_096))).toBe(true);
  });
});
