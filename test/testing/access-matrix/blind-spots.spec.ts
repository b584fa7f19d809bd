import {
  Catch,
  Controller,
  Delete,
  Get,
  HttpException,
  Injectable,
  Module,
  VersioningType,
  type ArgumentsHost,
  type ExceptionFilter,
  type ExecutionContext,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import {
  orgFromBody,
  PropelAuthGuard,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';

const ran: string[] = [];
afterEach(() => void ran.splice(0));

@Controller('orgs/:orgId')
class OrgsController {
  @Delete()
  @RequireOrgRole('Admin')
  remove() {
    ran.push('remove');
  }

  @Get('billing')
  @RequirePermission('can_view_billing')
  billing() {
    ran.push('billing');
  }

  @Get('members')
  @RequireOrgMember()
  members() {
    ran.push('members');
  }
}

@Controller('things')
class ThingsController {
  @Get()
  @RequireUser()
  list() {}
}

/** What the guard of an application may do that has users of its own who may do everything. */
@Injectable()
class LetsInOwners extends PropelAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ user?: User } & IncomingMessage>();
    const [, payload = ''] = request.headers.authorization?.split('.') ?? [];
    const isOwner = Buffer.from(payload, 'base64url').toString().includes('"user_role":"Owner"');
    return isOwner || ((await super.canActivate(context)) as boolean);
  }
}

/** Answers errors alone, and closes the connection for what is none. */
@Catch(HttpException)
class ErrorsFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost) {
    const request = host.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    if (exception.getStatus() < 400) (request.raw ?? request).socket.destroy();
    else throw exception;
  }
}

/** Removes headers that only a proxy may set. */
@Module({})
class HeadersModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply((request: IncomingMessage, _response: unknown, next: () => void) => {
        for (const name of Object.keys(request.headers)) {
          if (name.startsWith('x-')) delete request.headers[name];
        }
        next();
      })
      .forRoutes('{*path}');
  }
}

describe('toHold() finds', () => {
  it('a guard that allows owners of other organizations, and users without a permission', async () => {
    const { app } = await startMatrixApplication({
      controllers: [OrgsController],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LetsInOwners),
    });
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toMatch(/^DELETE \/orgs\/:orgId .*\nGET \/orgs\/:orgId\/members .*\nEach/mu);
    expect(review).toContain('Each of these 2 handlers allows a member of another organization.');
    expect(review).toMatch(/^GET \/orgs\/:orgId\/billing .* allows:\n {2}- a member without/mu);
  });

  it('a guard that allows other callers, also if the client gets no response', async () => {
    const { app } = await startMatrixApplication({
      controllers: [OrgsController],
      prepare: (created) => created.useGlobalFilters(new ErrorsFilter()),
      override: (builder) =>
        builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
    });
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain('DELETE /orgs/:orgId (OrgsController.remove) allows:');
    expect(review).toContain('  - a member with the role Member\n');
  });

  it('a handler whose calls get no response, and calls it once', async () => {
    const { app } = await startMatrixApplication({
      controllers: [ThingsController],
      providers: [{ provide: APP_GUARD, useValue: { canActivate: () => new Promise(() => {}) } }],
    });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'GET /things (ThingsController.list) was not tried.\n  Its rule: user.\n  There was no complete response within 3 s.',
    );
  });

  it('a name in except that several handlers have', async () => {
    @Controller({ path: 'reports', version: '1' })
    class FirstController {
      @Get()
      list() {}
    }
    @Controller({ path: 'reports', version: '2' })
    class SecondController {
      @Get()
      @RequireUser()
      list() {}
    }
    const { app } = await startMatrixApplication({
      controllers: [FirstController, SecondController],
      prepare: (created) =>
        created.enableVersioning({ type: VersioningType.HEADER, header: 'version' }),
    });
    expect(await messageOf(expectAccess(app).toHold({ except: ['GET /reports'] }))).toContain(
      'List the ones you mean: "GET /reports (FirstController.list)", "GET /reports (SecondController.list)".',
    );
    await expectAccess(app).toHold({
      except: ['GET /reports (FirstController.list)'],
      argsFor: () => ({ headers: { version: '2' } }),
    });
  });

  it('an unknown name in except, also if it could try no handler', async () => {
    const { app } = await startMatrixApplication({
      controllers: [OrgsController],
      providers: [{ provide: APP_GUARD, useValue: { canActivate: () => false } }],
    });
    const review = await messageOf(expectAccess(app).toHold({ except: ['GET /nothing'] }));
    expect(review).toContain('except lists "GET /nothing", but no handler has this name.');
  });

  it('handlers whose organization only the application finds, says what to pass once, and prints the list for except', async () => {
    @Controller('rows')
    class RowsController {
      @Get(['1', '2', '3'])
      @RequireOrgMember({ org: () => ({ orgId: 'acme' }) })
      show() {}
    }
    const { app } = await startMatrixApplication({
      controllers: [OrgsController, RowsController],
      nest: { logger: false },
    });
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain('\nEach of these 3 handlers was not tried.\n');
    expect(review.match(/orgFor/gu)).toHaveLength(1);
    expect(review).toMatch(
      /\n\ntoHold\(\) did not try 3 of 6 handlers\. [^\n]+\n\nexcept: \[\n(?: {2}"GET \/rows\/[123] \(RowsController\.show\)",\n){3}\],$/u,
    );
    const except = review.match(/(?<=^ {2}").*(?=",$)/gmu) ?? [];
    expect((await expectAccess(app).toHold({ except })).tried).toHaveLength(3);
    expect((await expectAccess(app).toHold({ orgFor: () => 'acme' })).tried).toHaveLength(6);
  });

  it.each([
    { what: 'an application without handlers', controllers: [], except: [] },
    {
      what: 'handlers that except lists, all of them',
      controllers: [OrgsController],
      except: ['DELETE /orgs/:orgId', 'GET /orgs/:orgId/billing', 'GET /orgs/:orgId/members'],
    },
  ])('that it has nothing to try: $what', async ({ controllers, except }) => {
    const { app } = await startMatrixApplication({ controllers });
    expect(await messageOf(expectAccess(app).toHold({ except }))).toMatch(
      /^toHold\(\) has no handler to try/u,
    );
  });
});

describe('toHold() passes for', () => {
  it('arguments that argsFor looks up', async () => {
    @Controller('invoices')
    class InvoicesController {
      @Get()
      @RequireOrgMember({
        org: (context) => {
          const { query } = context.switchToHttp().getRequest<{ query: { of: string } }>();
          return { orgId: query.of };
        },
      })
      list() {}
    }
    const { app } = await startMatrixApplication({ controllers: [InvoicesController] });
    const { tried } = await expectAccess(app).toHold({
      argsFor: async (_handler, { orgId }) => ({ query: { of: orgId } }),
    });
    expect(tried).toHaveLength(1);
  });

  it('an application that removes headers, without running a handler', async () => {
    const { app } = await startMatrixApplication({
      controllers: [OrgsController],
      imports: [HeadersModule],
    });
    await expectAccess(app).toHold();
    expect(ran).toEqual([]);
  });

  it('an organization in the body of DELETE', async () => {
    @Controller('accounts')
    class AccountsController {
      @Delete()
      @RequireOrgRole('Admin', { org: orgFromBody('orgId') })
      remove() {}
    }
    const { app } = await startMatrixApplication({ controllers: [AccountsController] });
    await expectAccess(app).toHold();
  });
});
