import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Module,
  type NestModule,
  Scope,
  type Type,
} from '@nestjs/common';
import { APP_INTERCEPTOR, ModuleRef, REQUEST } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Query, Resolver } from '@nestjs/graphql';
import {
  CurrentOrg,
  CurrentUser,
  describeAccess,
  getCurrentUser,
  type OrgMemberInfo,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, alice, bob, carol, GLOBEX, headersOf, userIn } from '../support/project.js';

@Controller()
class ReportsController {
  @Get('list')
  @RequireUser()
  list(@CurrentUser('userId') userId: User['userId']) {
    return userId;
  }
}

/** For its guards, Nest takes the functions of the class; for its parameters, those of the instance. */
@Resolver()
class ReportsResolver {
  @Query(() => String)
  @RequireUser()
  list(@CurrentUser('userId') userId: User['userId']) {
    return `user ${userId}`;
  }
}

/** Replaces handlers after PropelAuthModule has checked them, and before Nest reads them. */
@Module({ controllers: [ReportsController], providers: [ReportsResolver] })
class ReportsModule implements NestModule {
  constructor(private readonly moduleRef: ModuleRef) {}

  configure(): void {
    for (const type of [ReportsController, ReportsResolver]) {
      const one = this.moduleRef.get(type);
      one.list = one.list.bind(one);
    }
  }
}

describe('A function that replaces a handler after the startup checks', () => {
  it('rejects all calls of a route, and gives the parameters of a resolver no caller', async () => {
    const application = await startGuarded({ imports: [ReportsModule, graphqlModule()] });
    for (const user of [null, carol]) {
      expect((await request(application.url, user).get('/list')).status).toBe(500);
    }
    expect(codesOf(await send(application, '{ list }'))).toEqual(['UNAUTHENTICATED']);
    const headers = await headersOf(issuer, carol);
    expect(codesOf(await send(application, '{ list }', headers))).toEqual([
      'INTERNAL_SERVER_ERROR',
    ]);
  });
});

/** Asks for the caller of each call, as a logger does. */
const logger = {
  provide: APP_INTERCEPTOR,
  useValue: {
    intercept(context: ExecutionContext, next: CallHandler) {
      getCurrentUser(context);
      return next.handle();
    },
  },
};

function openController(): Type {
  @Controller()
  class LibraryController {
    @Get('report')
    show() {
      return 'a report';
    }
  }
  return LibraryController;
}

function requireUserOnMethod(type: Type): void {
  const { prototype } = type as { readonly prototype: object };
  RequireUser()(prototype, 'show', Object.getOwnPropertyDescriptor(prototype, 'show') ?? {});
}

describe('A rule that is written after another application has called its handler', () => {
  it.each<[string, (type: Type) => void]>([
    ['class', (type) => RequireUser()(type)],
    ['method', requireUserOnMethod],
  ])('applies: on the %s', async (_where, write) => {
    const LibraryController = openController();
    const providers = [logger];
    const first = await startGuarded({ controllers: [LibraryController], providers });
    await request(first.url).get('/report').expect(200);
    write(LibraryController);
    const second = await startGuarded({ controllers: [LibraryController], providers });
    expect(describeAccess(second.app)).toMatchObject([{ access: 'required' }]);
    await request(second.url).get('/report').expect(401);
  });
});

describe('A handler without a rule, in a class that inherits one', () => {
  it('stays open when code asks for its caller before an application starts', async () => {
    class Reports {
      @Get('closed')
      @RequireUser()
      closed() {}
    }
    @Controller()
    class OpenReports extends Reports {
      @Get('open')
      open(this: void) {
        return 'open';
      }
    }
    const context = new ExecutionContextHost([{}], OpenReports, OpenReports.prototype.open);
    expect(() => getCurrentUser(context)).toThrow('Internal Server Error');
    const { url } = await startGuarded({ controllers: [OpenReports] });
    await request(url).get('/open').expect(200, 'open');
    await request(url).get('/closed').expect(401);
  });
});

const gina = userIn('gina', { ...GLOBEX, role: 'Owner' });

@Injectable({ scope: Scope.REQUEST })
class Basket {
  constructor(@Inject(REQUEST) readonly incoming: { headers: Record<string, string> }) {}
}

@Controller({ scope: Scope.REQUEST })
@RequireUser()
class ScopedController {
  constructor(private readonly basket: Basket) {}

  @Get('basket')
  show(@CurrentUser() user: User) {
    return { userId: user.userId, basketOf: this.basket.incoming.headers['x-name'] };
  }

  @Get('orgs/:orgId/basket')
  @RequireOrgMember()
  showOfOrg(@CurrentUser() user: User, @CurrentOrg() org: OrgMemberInfo) {
    return { userId: user.userId, orgName: org.orgName };
  }
}

const { url } = await startGuarded({ providers: [Basket], controllers: [ScopedController] });

describe('A request-scoped controller', () => {
  it('is guarded', async () => {
    await request(url).get('/basket').expect(401);
    await request(url).get(`/orgs/${ACME_ID}/basket`).expect(401);
  });

  it('injects the caller’s own user in many concurrent requests', async () => {
    const people = [alice, bob, gina, alice, bob, gina];
    const answers = await Promise.all(
      people.map(async (person) =>
        request(url, person).get('/basket').set({ 'x-name': person.userId }),
      ),
    );
    expect(answers.map(({ body }) => body as unknown)).toEqual(
      people.map(({ userId }) => ({ userId, basketOf: userId })),
    );
  });

  it('keeps organization rules', async () => {
    const path = `/orgs/${ACME_ID}/basket`;
    await request(url, bob).get(path).expect(200, { userId: 'user-bob', orgName: ACME.orgName });
    await request(url, gina).get(path).expect(403);
  });
});
