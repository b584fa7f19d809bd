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
import { alice } from '../../support/project.js';

const WITHDRAW = 'WITHDRAW_FUNDS';

@Controller()
class FundsController {
  constructor(private readonly propelAuth: PropelAuthService) {}

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

it('@RequireStepUpMfa() reads each grant from the header that it names', async () => {
  const headers = { 'X-Step-Up-Grant': 'good-grant', 'X-Export-Grant': 'export-grant' };
  const { status } = await request(application.url, alice).post('/both').set(headers);
  expect(status).toBe(201);
  expect([...backend.grants.keys()]).toEqual([]);
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
