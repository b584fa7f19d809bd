import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  Injectable,
  Module,
  NotFoundException,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter } from '@nestjs/core';
import { Args, Query, Resolver } from '@nestjs/graphql';
import type { IncomingMessage } from 'node:http';
import {
  CurrentAccount,
  getCurrentAccount,
  orgFromArgs,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type AccountLoader,
} from 'nestjs-propelauth';
import { accessTable, expectAccess, type HoldOptions } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { classOf } from '../../support/routes.js';

/** The rows that the application has created, and the handlers that have run. */
const created: string[] = [];
beforeEach(() => void created.splice(0));

@Injectable()
class Accounts implements AccountLoader {
  load() {
    created.push('account');
    return { id: 1 };
  }
}

/** Loads the row of the caller, and creates it for a new one. It runs behind the guard of the package. */
@Injectable()
class AccountGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const account = await getCurrentAccount(context);
    if (account === null) throw new TypeError("Cannot read properties of null (reading 'id')");
    created.push('row');
    return true;
  }
}

const run = (name: string) => created.push(name);

const orgsController = classOf(
  'OrgsController',
  [Controller('orgs/:orgId')],
  {
    reports: [Get('reports'), RequireOrgRole('Admin'), UseGuards(AccountGuard)],
    members: [Get('members'), RequireOrgMember()],
  },
  { run },
);
CurrentAccount()(orgsController.prototype as object, 'reports', 0);

@Resolver()
@UseGuards(AccountGuard)
class ReportsResolver {
  @Query(() => [String])
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  reports(@Args('orgId') _orgId: string) {
    created.push('reports');
    return [];
  }
}

function tokenSource(context: ExecutionContext): string | undefined {
  const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
  const [, cookie] = /session=([^;]+)/.exec(headers.cookie ?? '') ?? [];
  return cookie ?? headers.authorization?.replace('Bearer ', '');
}

const REPORTS = 'GET /orgs/:orgId/reports (OrgsController.reports)';
const MEMBERS = 'GET /orgs/:orgId/members (OrgsController.members)';

/** What `toHold()` returns, after which no handler has run and no row exists. */
async function hold(app: INestApplication, options?: HoldOptions) {
  const result = await expectAccess(app).toHold(options);
  expect(created).toEqual([]);
  return result;
}

describe('toHold() accuses nobody in an application', () => {
  it('whose guard behind the rule loads the account from a database', async () => {
    const logger = new RecordingLogger();
    const { app } = await startMatrixApplication({
      module: { account: Accounts },
      imports: [graphqlModule()],
      controllers: [orgsController],
      providers: [Accounts, AccountGuard, ReportsResolver],
      prepare: (application) => application.useLogger(logger),
    });
    const { tried, notTried } = await hold(app);
    expect(tried).toEqual([MEMBERS, REPORTS, 'Query.reports (ReportsResolver.reports)']);
    expect(notTried).toEqual([]);
    expect([...logger.of('error'), ...logger.of('warn')]).toEqual([]);
  });

  it('whose tokenSource reads a cookie or the header', async () => {
    const { app } = await startMatrixApplication({
      module: { account: Accounts, tokenSource },
      controllers: [orgsController],
      providers: [Accounts, AccountGuard],
    });
    expect((await hold(app)).tried).toEqual([MEMBERS, REPORTS]);
  });

  it('with two GraphQL APIs that have an operation of the same name, if except lists both', async () => {
    const methods = { version: [Query(() => String, { name: 'version' })] };
    const ShopResolver = classOf('ShopResolver', [Resolver()], methods, { run });
    const AdminResolver = classOf('AdminResolver', [Resolver()], methods, { run });
    @Module({ providers: [ShopResolver] })
    class ShopModule {}
    @Module({ providers: [AdminResolver] })
    class AdminModule {}
    const { app } = await startMatrixApplication({
      imports: [
        ShopModule,
        AdminModule,
        graphqlModule({ path: 'shop', include: [ShopModule] }),
        graphqlModule({ path: 'admin', include: [AdminModule] }),
      ],
      module: { account: Accounts },
      controllers: [orgsController],
      providers: [Accounts, AccountGuard],
    });
    const open = Object.entries(accessTable(app)).filter(([, access]) => access === 'open');
    const except = open.map(([name]) => name);
    const both = '"Query.version (ShopResolver.version)", "Query.version (AdminResolver.version)"';
    await expect(expectAccess(app).toHold({ except })).rejects.toThrow(
      `except lists "Query.version", but several handlers have this name. List the ones you mean: ${both}.`,
    );
    await hold(app, {
      except: except.flatMap((name) =>
        name === 'Query.version' ? JSON.parse(`[${both}]`) : name,
      ) as string[],
    });
  });

  it('with undecorated controllers of a library, which requireUserByDefault exempts', async () => {
    const methods = { show: [Get(':name')] };
    const QueuesController = classOf('QueuesController', [Controller('queues')], methods, { run });
    @Module({ controllers: [QueuesController] })
    class QueuesModule {}
    const { app } = await startMatrixApplication({
      module: { account: Accounts, requireUserByDefault: true, except: [QueuesModule] },
      imports: [QueuesModule],
      controllers: [orgsController],
      providers: [Accounts, AccountGuard],
    });
    expect((await hold(app)).tried).toEqual([MEMBERS, REPORTS]);
  });

  it('that logs every exception, without a stack for the calls that it ended', async () => {
    const stacks: (string | undefined)[] = [];
    @Catch()
    class LoggingFilter extends BaseExceptionFilter {
      override catch(exception: Error, host: ArgumentsHost) {
        if (exception.message.startsWith('The handler was reached')) stacks.push(exception.stack);
        super.catch(exception, host);
      }
    }
    const { app } = await startMatrixApplication({
      module: { account: Accounts },
      controllers: [orgsController],
      providers: [Accounts, AccountGuard, { provide: APP_FILTER, useClass: LoggingFilter }],
    });
    await hold(app);
    expect(new Set(stacks)).toEqual(
      new Set(['HandlerReached: The handler was reached, and did not run.']),
    );
  });

  it('that answers 404 instead of 403', async () => {
    @Catch(ForbiddenException)
    class HidingFilter implements ExceptionFilter {
      catch(_exception: ForbiddenException, host: ArgumentsHost) {
        host
          .switchToHttp()
          .getResponse<{ status(code: number): { json(body: object): void } }>()
          .status(404)
          .json(new NotFoundException().getResponse() as object);
      }
    }
    const { app } = await startMatrixApplication({
      module: { account: Accounts },
      controllers: [orgsController],
      providers: [Accounts, AccountGuard, { provide: APP_FILTER, useClass: HidingFilter }],
    });
    expect((await hold(app)).tried).toEqual([MEMBERS, REPORTS]);
  });

  it('whose guard behind the rule rejects every caller', async () => {
    const rejects = UseGuards({ canActivate: () => false });
    const methods = {
      show: [Get('plans/:id'), RequireUser(), rejects],
      health: [Get('health'), Public()],
    };
    const plans = classOf('PlansController', [Controller()], methods, { run });
    const { app } = await startMatrixApplication({ controllers: [plans] });
    expect((await hold(app)).notTried).toEqual([]);
  });
});
