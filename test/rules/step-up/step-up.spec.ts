import { Body, Controller, Headers, Post } from '@nestjs/common';
import {
  CurrentUser,
  PropelAuthService,
  RequireStepUpMfa,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { Backend } from '../../support/backend.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { alice, bob } from '../../support/project.js';

const WITHDRAW = 'WITHDRAW_FUNDS';

@Controller()
class FundsController {
  constructor(private readonly propelAuth: PropelAuthService) {}

  @Post('withdrawals')
  @RequireStepUpMfa(WITHDRAW)
  withdraw(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Post('exports')
  @RequireStepUpMfa('EXPORT', { grantHeader: 'X-Export-Grant' })
  export() {
    return {};
  }

  @Post('both')
  @RequireStepUpMfa(WITHDRAW)
  @RequireStepUpMfa('EXPORT', { grantHeader: 'X-Export-Grant' })
  both() {
    return {};
  }

  @Post('validated')
  @RequireUser()
  async validated(
    @CurrentUser() user: User,
    @Body() body: { amount?: number },
    @Headers('x-step-up-grant') grant: string | undefined,
  ) {
    if (body.amount === undefined) return { needs: 'amount' };
    await this.propelAuth.verifyStepUp(user, WITHDRAW, grant);
    return { amount: body.amount };
  }
}

const backend = await Backend.start();
const application = beforeTests(() => startGuarded({ controllers: [FundsController] }));

beforeEach(() => {
  backend.reset();
  backend.grants.set('good-grant', { userId: alice.userId, actionType: WITHDRAW });
  backend.grants.set('export-grant', { userId: alice.userId, actionType: 'EXPORT' });
});

const post = async (path: string, headers: Record<string, string> = {}, user = alice) =>
  request(application.url, user).post(path).set(headers);

const good = { 'X-Step-Up-Grant': 'good-grant' };
const ofExport = { 'X-Export-Grant': 'export-grant' };
const LONG = 'a'.repeat(5_000);

describe('@RequireStepUpMfa()', () => {
  it('accepts a grant for this user and action, once', async () => {
    const first = await post('/withdrawals', good);
    expect([first.status, first.body]).toEqual([201, { userId: alice.userId }]);
    expect(backend.bodies).toEqual([
      { action_type: WITHDRAW, user_id: alice.userId, grant: 'good-grant' },
    ]);
    expect((await post('/withdrawals', good)).status).toBe(403);
  });

  it.each<[string, string, Record<string, string>]>([
    ['no grant', '/withdrawals', {}],
    ['an empty grant', '/withdrawals', { 'x-step-up-grant': '' }],
    ['an unknown grant', '/withdrawals', { 'x-step-up-grant': 'unknown' }],
    ['a grant that is too long', '/withdrawals', { 'x-step-up-grant': LONG }],
    ['the grant in another header', '/withdrawals', { 'x-export-grant': 'good-grant' }],
    ['a grant for another action', '/exports', { 'x-export-grant': 'good-grant' }],
    ['one of two grants', '/both', ofExport],
    ['a malformed second grant', '/both', { ...good, 'x-export-grant': 'export grant' }],
    ['a malformed first grant', '/both', { ...ofExport, 'x-step-up-grant': 'good grant' }],
    ['a first grant that is too long', '/both', { ...ofExport, 'x-step-up-grant': LONG }],
  ])('requires step-up, and uses up nothing, with %s', async (_what, path, headers) => {
    const { status, body } = await post(path, headers);
    expect(status).toBe(403);
    expect(body).toEqual({ message: 'Forbidden', statusCode: 403, code: 'step_up_required' });
    expect([...backend.grants.keys()]).toEqual(['good-grant', 'export-grant']);
  });

  it('rejects the grant of another user', async () => {
    expect((await post('/withdrawals', good, bob)).status).toBe(403);
    expect(backend.grants.has('good-grant')).toBe(true);
  });

  it('reads each grant from its own header', async () => {
    expect((await post('/both', { ...good, ...ofExport })).status).toBe(201);
    expect([...backend.grants.keys()]).toEqual([]);
  });

  it('gives 503 without a retry while PropelAuth is broken', async () => {
    backend.failure = { status: 500 };
    expect((await post('/withdrawals', good)).status).toBe(503);
    expect(backend.bodies).toHaveLength(1);
  });
});

const validated = async (body: object, grant?: string) =>
  request(application.url, alice)
    .post('/validated')
    .set(grant === undefined ? {} : { 'x-step-up-grant': grant })
    .send(body);

describe('PropelAuthService.verifyStepUp()', () => {
  it('consumes the grant only after the handler has validated the request', async () => {
    expect((await validated({}, 'good-grant')).body).toEqual({ needs: 'amount' });
    expect((await validated({ amount: 5 }, 'good-grant')).body).toEqual({ amount: 5 });
  });

  it.each([undefined, '', 'unknown'])('behaves like the decorator for %p', async (grant) => {
    const { status, body } = await validated({ amount: 5 }, grant);
    expect([status, body.code]).toEqual([403, 'step_up_required']);
  });

  it('gives 503 while PropelAuth is broken', async () => {
    backend.failure = { status: 500 };
    expect((await validated({ amount: 5 }, 'good-grant')).status).toBe(503);
  });

  it('rejects null instead of a user', async () => {
    const service = application.app.get(PropelAuthService);
    await expect(service.verifyStepUp(null, WITHDRAW, 'good-grant')).rejects.toMatchObject({
      reason: 'step_up_required',
    });
    expect(backend.bodies).toEqual([]);
  });

  it.each(['', ' ', undefined, 7])('throws for the action %p', async (actionType) => {
    const service = application.app.get(PropelAuthService);
    const user = { userId: alice.userId } as User;
    await expect(service.verifyStepUp(user, actionType as string, 'good-grant')).rejects.toThrow(
      'needs an action type',
    );
  });
});
