import 'reflect-metadata';
import { Controller, Get, type INestApplication, Module, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ClsModule, ClsService } from 'nestjs-cls';
import {
  PropelAuthApi,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext, PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { overridePropelAuth, type TestEmulator, type TestIssuer } from 'nestjs-propelauth/testing';
import { AccountsModule } from '../src/accounts/accounts.module.js';
import { LinkedAccounts, rememberAccounts } from '../src/accounts/linked-accounts.js';

@Controller()
class AccountController {
  constructor(
    private readonly linked: LinkedAccounts,
    private readonly caller: CallerContext,
    private readonly cls: ClsService,
  ) {}

  @Get('me')
  @RequireUser()
  me() {
    return this.linked.current();
  }

  @Get('orgs/:orgId/me')
  @RequireOrgMember()
  meInOrg() {
    return this.linked.current();
  }

  /** As services do that do not know of each other, one of them in a transaction. */
  @Get('orgs/:orgId/often')
  @RequireOrgMember()
  async often() {
    const all = await Promise.all([
      this.cls.run(() => this.linked.current()),
      ...Array.from({ length: 5 }, () => this.linked.current()),
    ]);
    all.push(await this.linked.current());
    return new Set(all.map((account) => JSON.stringify(account))).size === 1 ? all[0] : all;
  }

  @Get('both')
  @RequireUser()
  async both() {
    const { user } = this.caller;
    const [first, second] = user!.getOrgs();
    const one = await this.caller.run({ user, org: first }, () => this.linked.current());
    const other = await this.caller.run({ user, org: second }, () => this.linked.current());
    return { one, other };
  }

  /** As a job does, which knows ids alone. */
  @Get('jobs/:orgId')
  @Public()
  job(@Param('orgId') orgId: string) {
    return this.caller.run({ org: { orgId } }, () => this.linked.current());
  }

  @Get('orgs/:orgId/export')
  @RequireApiKey()
  @RequireOrgMember()
  byKey() {
    return this.linked.current();
  }
}

@Module({
  imports: [
    ClsModule.forRoot({
      global: true,
      middleware: { mount: true, setup: rememberAccounts },
      plugins: [new PropelAuthClsPlugin()],
    }),
  ],
  controllers: [AccountController],
})
class TestModule {}

/** The example's accounts behind a real HTTP server, with webhooks at /webhooks/propelauth. */
export async function startAccounts(
  emulator: TestEmulator,
  url: string,
): Promise<INestApplication> {
  const { issuer } = emulator;
  const webhooks = { secret: issuer.webhookSecret, path: '/webhooks/propelauth' };
  const accounts = AccountsModule.forRoot({ url });
  const imports = [
    PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks }),
    { module: TestModule, imports: [accounts] },
  ];
  const builder = Test.createTestingModule({ imports });
  const app = (await overridePropelAuth(builder, { emulator }).compile()).createNestApplication();
  await app.listen(0, '127.0.0.1');
  return app;
}

/** PropelAuth's API without an application. */
export async function apiOf(emulator: TestEmulator): Promise<PropelAuthApi> {
  const imports = [PropelAuthModule.forRoot(emulator.issuer.moduleOptions)];
  const builder = overridePropelAuth(Test.createTestingModule({ imports }), { emulator });
  return (await builder.compile()).get(PropelAuthApi);
}

/** Sends an event as PropelAuth does, and returns the status of the response. */
export async function deliver(
  app: INestApplication,
  issuer: TestIssuer,
  event: object,
  messageId?: string,
): Promise<number> {
  const { headers, body } = issuer.webhook(event, { messageId });
  const response = await fetch(`${await app.getUrl()}/webhooks/propelauth`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  return response.status;
}
