import { Body, Controller, Headers, Post } from '@nestjs/common';
import {
  CurrentUser,
  DenyImpersonation,
  PropelAuthService,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { Backend } from '../../support/backend.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob } from '../../support/project.js';
import type { Answer } from '../../support/propelauth-server.js';

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

  @Post('orgs/:orgId/withdrawals')
  @RequireStepUpMfa(WITHDRAW)
  @RequireOrgRole('Owner')
  @DenyImpersonation()
  withdrawFromOrg() {
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

/** A rule of its own on each of the class and the handler. */
@Controller('vault')
@RequireStepUpMfa('OPEN_VAULT', { grantHeader: 'x-vault-grant' })
class VaultController {
  @Post('same')
  @RequireStepUpMfa('OPEN_VAULT', { grantHeader: 'x-vault-grant' })
  same() {
    return {};
  }

  @Post('both')
  @RequireStepUpMfa(WITHDRAW)
  both() {
    return {};
  }
}

const backend = await Backend.start();
const application = await startGuarded(
  { controllers: [FundsController, VaultController] },
  { apiTimeoutMs: 200 },
);

const post = async (
  path: string,
  headers: Record<string, string> = {},
  user: TestUser | null = alice,
) => request(application.url, user).post(path).set(headers);

const validated = async (body: object, grant?: string) =>
  request(application.url, alice)
    .post('/validated')
    .set(grant === undefined ? {} : { 'x-step-up-grant': grant })
    .send(body);

const withGrant = (path: string, grant: string, user = alice) =>
  post(path, { 'X-Step-Up-Grant': grant }, user);

describe('@RequireStepUpMfa()', () => {
  beforeEach(() => {
    backend.reset();
    backend.grants.set('good-grant', { userId: alice.userId, actionType: WITHDRAW });
  });

  it('accepts a grant for this user and action, once', async () => {
    const first = await withGrant('/withdrawals', 'good-grant');
    expect([first.status, first.body]).toEqual([201, { userId: alice.userId }]);
    expect((await withGrant('/withdrawals', 'good-grant')).status).toBe(403);
  });

  it.each<[string, Record<string, string>]>([
    ['without a grant', {}],
    ['with an empty grant', { 'x-step-up-grant': '' }],
    ['with an unknown grant', { 'x-step-up-grant': 'unknown' }],
    ['with a grant of an invalid shape', { 'x-step-up-grant': 'x'.repeat(5_000) }],
    ['with the grant in another header', { 'x-export-grant': 'good-grant' }],
  ])('returns step_up_required %s', async (_what, headers) => {
    const { status, body } = await post('/withdrawals', headers);
    expect(status).toBe(403);
    expect(body).toEqual({ message: 'Forbidden', statusCode: 403, code: 'step_up_required' });
  });

  it('rejects a grant of another user or for another action', async () => {
    expect((await withGrant('/withdrawals', 'good-grant', bob)).status).toBe(403);
    expect((await post('/exports', { 'x-export-grant': 'good-grant' })).status).toBe(403);
    expect(backend.grants.has('good-grant')).toBe(true);
  });

  it('reads the grant from the configured header', async () => {
    backend.grants.set('export-grant', { userId: alice.userId, actionType: 'EXPORT' });
    expect((await post('/exports', { 'x-export-grant': 'export-grant' })).status).toBe(201);
  });

  it.each<[string, number, typeof alice | null, Record<string, unknown>]>([
    ['an unauthenticated caller', 401, null, {}],
    ['a user without the role', 403, bob, {}],
    ['an employee who impersonates the user', 403, alice, { impersonatorUserId: 'employee' }],
  ])('does not verify a grant of %s', async (_who, status, user, more) => {
    const answer = await post(
      `/orgs/${ACME_ID}/withdrawals`,
      { 'x-step-up-grant': 'good-grant' },
      user && { ...user, ...more },
    );
    expect(answer.status).toBe(status);
    expect(answer.body).not.toHaveProperty('reason');
    expect(backend.bodies).toEqual([]);
  });

  it('verifies the grant after all other rules have passed', async () => {
    expect((await withGrant(`/orgs/${ACME_ID}/withdrawals`, 'good-grant')).status).toBe(201);
    expect(backend.bodies).toEqual([
      { action_type: WITHDRAW, user_id: alice.userId, grant: 'good-grant' },
    ]);
  });

  it('verifies a grant once if both class and handler require it', async () => {
    backend.grants.set('vault-grant', { userId: alice.userId, actionType: 'OPEN_VAULT' });
    expect((await post('/vault/same', { 'x-vault-grant': 'vault-grant' })).status).toBe(201);
    expect(backend.bodies).toHaveLength(1);
  });

  it('consumes no grant while another required grant is missing or malformed', async () => {
    backend.grants.set('vault-grant', { userId: alice.userId, actionType: 'OPEN_VAULT' });
    expect((await post('/vault/both', { 'x-vault-grant': 'vault-grant' })).status).toBe(403);
    const none = { 'x-vault-grant': 'vault-grant', 'x-step-up-grant': 'no grant at all' };
    expect((await post('/vault/both', none)).status).toBe(403);
    expect(
      (await post('/vault/both', { ...none, 'x-step-up-grant': 'a'.repeat(5_000) })).status,
    ).toBe(403);
    expect(
      (
        await post('/vault/both', {
          'x-vault-grant': 'vault grant',
          'x-step-up-grant': 'good-grant',
        })
      ).status,
    ).toBe(403);
    expect(backend.bodies).toEqual([]);
    const both = { 'x-vault-grant': 'vault-grant', 'x-step-up-grant': 'good-grant' };
    expect((await post('/vault/both', both)).status).toBe(201);
  });

  it.each<[string, Answer]>([
    ['is broken', { status: 500 }],
    ['limits the integration', { status: 429, body: 'slow down' }],
    ['does not know the integration', { status: 401 }],
    ['rejects without a reason', { status: 400, body: {} }],
    [
      'returns HTML as a success',
      { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
    ],
    ['returns a success without a body', { status: 204 }],
    ['redirects', { status: 307, headers: { location: '/yes' } }],
    ['hangs', () => {}],
    ['closes the connection', (incoming) => incoming.socket.destroy()],
  ])('returns 503 without a retry while PropelAuth %s', async (_what, failure) => {
    backend.failure = failure;
    expect((await withGrant('/withdrawals', 'good-grant')).status).toBe(503);
    expect(backend.bodies).toHaveLength(1);
  });

  describe('PropelAuthService.verifyStepUp()', () => {
    it('consumes the grant only after the handler has validated the request', async () => {
      expect((await validated({}, 'good-grant')).body).toEqual({ needs: 'amount' });
      expect((await validated({ amount: 5 }, 'good-grant')).body).toEqual({ amount: 5 });
    });

    it.each([undefined, '', 'unknown'])('behaves like the decorator for %p', async (grant) => {
      const { status, body } = await validated({ amount: 5 }, grant);
      expect([status, body.code]).toEqual([403, 'step_up_required']);
    });

    it('rejects null instead of a user', async () => {
      const service = application.app.get(PropelAuthService);
      await expect(service.verifyStepUp(null, WITHDRAW, 'good-grant')).rejects.toMatchObject({
        reason: 'step_up_required',
      });
      expect(backend.bodies).toEqual([]);
    });

    it('returns 503 while PropelAuth is unreachable', async () => {
      backend.failure = { status: 500 };
      expect((await validated({ amount: 5 }, 'good-grant')).status).toBe(503);
    });

    it.each(['', ' ', undefined, 7])('throws for the action %p', async (actionType) => {
      const service = application.app.get(PropelAuthService);
      const user = { userId: alice.userId } as User;
      await expect(service.verifyStepUp(user, actionType as string, 'good-grant')).rejects.toThrow(
        'needs an action type',
      );
    });
  });
});
