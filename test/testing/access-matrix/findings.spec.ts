import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Post,
  Scope,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  DenyImpersonation,
  PropelAuthGuard,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  orgNameFromParam,
  type OrgSource,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';

@Controller('orgs/:orgId')
@RequireOrgMember()
class OrgsController {
  @Get()
  @RequireOrgRole('Admin')
  show() {}
}

@Controller('users')
class UsersController {
  @Get('me')
  @RequireUser()
  me() {}
}

const ME = 'GET /users/me (UsersController.me)';

/** The mistake of many a subclass: what fails is let in. */
@Injectable()
class LenientGuard extends PropelAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      return (await super.canActivate(context)) === true;
    } catch {
      return true;
    }
  }
}

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

const orgOfInvoice: OrgSource = (context) => {
  const { params } = context.switchToHttp().getRequest<{ params: { id: string } }>();
  return params.id === 'invoice-1' ? { orgId: 'acme' } : undefined;
};

describe('toHold() finds', () => {
  it('a subclass of the guard that allows callers whom it should reject', async () => {
    const { app } = await startMatrixApplication({
      controllers: [OrgsController],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LenientGuard),
    });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message).toContain('GET /orgs/:orgId (OrgsController.show) allows:');
    expect(message).toContain('  - a member of another organization\n');
    expect(message).toContain('  - a user whose token has expired\n');
    expect(message).toContain('  Its rule: Admin and above of the org in path orgId.\n');
    expect(message).toContain(
      '  The guard rejected these calls, but they still reached the handler.',
    );
    expect(message).not.toContain('a member with the role Owner');
  });

  it('a guard that replaces that of the package', async () => {
    const { app } = await startMatrixApplication({
      controllers: [UsersController],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LetsInAll),
    });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message).toContain('GET /users/me (UsersController.me) allows:');
    expect(message).toContain('  - a caller without credentials\n');
    expect(message).toContain('so the rule is not enforced');
  });

  it('that a guard rejects permitted callers without a decision', async () => {
    @Injectable()
    class NeverGuard extends PropelAuthGuard {
      override canActivate(): never {
        throw new ForbiddenException();
      }
    }
    const { app } = await startMatrixApplication({
      controllers: [UsersController],
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(NeverGuard),
    });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'GET /users/me (UsersController.me) was not tried.\n  Its rule: user.\n' +
        '  Sent as a user; the response was 403.\n',
    );
  });

  it('a handler that a constructor replaces, so that its rule is unknown', async () => {
    @Controller({ path: 'replaced', scope: Scope.REQUEST })
    class ReplacedController {
      constructor() {
        this.list = this.other.bind(this);
      }

      @Get()
      @RequireUser()
      list() {}

      @Get('other')
      @RequireUser()
      @DenyImpersonation()
      other() {}
    }
    const { app } = await startMatrixApplication({ controllers: [ReplacedController] });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message).toContain('GET /replaced (ReplacedController.list) is not reached');
  });

  it('a route whose organization no rule checks, unless that is meant', async () => {
    @Controller('orgs/:orgId')
    class ProjectsController {
      @Get('projects')
      @RequireUser()
      list() {}

      @Get('logo')
      @RequireUser({ uncheckedOrg: true })
      logo() {}
    }
    const { app } = await startMatrixApplication({ controllers: [ProjectsController] });
    expect(await messageOf(expectAccess(app).toHold())).toBe(
      'toHold() found problems with the access rules:\n\n' +
        'GET /orgs/:orgId/projects (ProjectsController.list) names an organization (path orgId) and does not check it.\n' +
        '  Its rule: user.\n' +
        '  Add @RequireOrgMember() or another organization rule; if every user may call it, or it checks the organization itself, say so: ' +
        '@RequireUser({ uncheckedOrg: true }).',
    );
    await expectAccess(app).toHold({ except: ['GET /orgs/:orgId/projects'] });
  });

  it('a route that names another organization beside the one that its rule reads', async () => {
    @Controller('orgs/:orgId')
    class CopiesController {
      @Post('copies')
      @RequireOrgMember()
      copy(@Body('orgId') _orgId: string) {}
    }
    const { app } = await startMatrixApplication({ controllers: [CopiesController] });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'POST /orgs/:orgId/copies (CopiesController.copy) names an organization where no rule reads it (body orgId).\n',
    );
  });

  it('an open route, unless it is in except', async () => {
    @Controller()
    class OpenController {
      @Get('metrics')
      metrics() {}
    }
    const { app } = await startMatrixApplication({
      controllers: [OpenController, UsersController],
    });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'GET /metrics (OpenController.metrics) is open: it has no access decorator.',
    );
    await expectAccess(app).toHold({ except: ['GET /metrics'] });
  });

  it.each([
    { from: 'any handler', allowed: 3, list: ['GET /orgs/:orgId (OrgsController.show)', ME] },
    { from: 'the last one', allowed: 14, list: [ME] },
  ])(
    'that a rate limiter in front keeps it from trying $from, and says to override it',
    async ({ allowed, list }) => {
      let calls = 0;
      const limiter: CanActivate = {
        canActivate() {
          calls += 1;
          if (calls > allowed) throw new HttpException('Too many requests', 429);
          return true;
        },
      };
      const { app } = await startMatrixApplication({
        controllers: [OrgsController, UsersController],
        providers: [{ provide: APP_GUARD, useValue: limiter }],
      });
      const message = await messageOf(expectAccess(app).toHold());
      expect(message).toContain('A rate limiter counts the calls (429). Override it');
      expect(message).toContain('overrideProvider(OtherGuard)');
      expect(message.split('except: [')[1]?.match(/(?<=").*(?=")/gu)).toEqual(list);
    },
  );

  it('that a guard of another library in front keeps it from trying any handler', async () => {
    const keyGuard: CanActivate = { canActivate: () => false };
    const { app } = await startMatrixApplication({
      controllers: [UsersController],
      providers: [{ provide: APP_GUARD, useValue: keyGuard }],
    });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message).toContain(
      'the response was 403.\n  Another guard, a middleware or something else',
    );
    expect(message).toContain('overrideGuard(OtherGuard)');
    expect(message).toContain(
      'for a global guard register { provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard)',
    );
  });

  it('no problem with an organization that a source reads by its name', async () => {
    @Controller('orgs/:orgName')
    class NamedController {
      @Get()
      @RequireOrgMember({ org: orgNameFromParam('orgName') })
      show() {}
    }
    const { app, emulator } = await startMatrixApplication({ controllers: [NamedController] });
    const orgId = '5a1f0c52-4c5b-4b7e-9c5e-6d3c5b8f0a11';
    emulator.addUser({
      email: 'alice@example.com',
      orgs: [{ orgId, orgName: 'Acme Inc', role: 'Admin' }],
    });
    expect((await expectAccess(app).toHold({ orgFor: () => orgId })).notTried).toEqual([]);
  });

  it('no problem if argsFor returns values that JSON does not support', async () => {
    const args: Record<string, unknown> = { number: 1n };
    args['self'] = args;
    const { app } = await startMatrixApplication({ controllers: [UsersController] });
    await expectAccess(app).toHold({ argsFor: () => ({ args }) });
  });

  it('a name in except that no handler has, and what names look like', async () => {
    const { app } = await startMatrixApplication({ controllers: [UsersController] });
    await expect(expectAccess(app).toHold({ except: ['GET /user/me'] })).rejects.toThrow(
      'except lists "GET /user/me", but no handler has this name. Remove it, or correct it. Names look like "GET /orgs/:orgId", "Query.reports", "event reports".',
    );
  });

  it('that only the application can find an organization, and says what to pass', async () => {
    @Controller('invoices')
    class InvoicesController {
      @Get(':id')
      @RequireOrgMember({ org: orgOfInvoice })
      show() {}
    }
    const { app } = await startMatrixApplication({ controllers: [InvoicesController] });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message).toContain(
      'GET /invoices/:id (InvoicesController.show) was not tried.\n' +
        '  Its rule: members of the org that the application names.\n  Your own source',
    );
    expect(message).toContain('from orgFor');
    await expectAccess(app).toHold({
      orgFor: () => 'acme',
      argsFor: () => ({ params: { id: 'invoice-1' } }),
    });
  });

  it('that the token is elsewhere, and says what to pass', async () => {
    @Controller('downloads')
    class DownloadsController {
      @Get()
      @RequireUser({
        tokenSource: (context) =>
          context.switchToHttp().getRequest<{ query: { token?: string } }>().query.token,
      })
      download() {}
    }
    const { app } = await startMatrixApplication({ controllers: [DownloadsController] });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message).toContain('rejects a user (token_missing).');
    expect(message).toContain('return the values that it reads from argsFor');
    await expectAccess(app).toHold({
      argsFor: (_handler, { token }) => (token === undefined ? undefined : { query: { token } }),
    });
  });

  it('as many problems as fit on a screen, and says how many more there are', async () => {
    @Controller()
    class ManyController {
      @Get(Array.from({ length: 23 }, (_, index) => `open-${index}`))
      many() {}
    }
    const { app } = await startMatrixApplication({ controllers: [ManyController] });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message.match(/^GET \/open-\d+ \(ManyController\.many\): open$/gmu)).toHaveLength(20);
    expect(message).toContain(
      'and 3 more handlers\nEach of these 23 handlers is open: it has no access',
    );
    expect(message.match(/Add an access decorator/gu)).toHaveLength(1);
  });

  it('different problems, as far as they fit', async () => {
    const controllers = Array.from({ length: 23 }, (_, index) => {
      @Controller('orgs/:orgId')
      class ThingsController {
        @Get(`things-${index}`)
        @RequirePermission(`can_view_${index}`)
        list() {}
      }
      return ThingsController;
    });
    const { app } = await startMatrixApplication({
      controllers,
      override: (builder) => builder.overrideProvider(PropelAuthGuard).useClass(LetsInAll),
    });
    const message = await messageOf(expectAccess(app).toHold());
    expect(message.match(/ allows:$/gmu)).toHaveLength(20);
    expect(message).toContain('and 3 more problems');
  });
});
