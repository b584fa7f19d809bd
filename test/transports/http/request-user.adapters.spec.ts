import {
  Catch,
  Controller,
  Get,
  HttpException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  CurrentOrg,
  CurrentUser,
  getCurrentOrg,
  getCurrentUser,
  OptionalUser,
  Public,
  RequireOrgMember,
  RequireUser,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { beforeTests, type RunningApplication } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME, ACME_ID, alice, dave, GLOBEX_ID } from '../../support/project.js';

interface AnyRequest {
  user?: { userId?: string };
  org?: { orgId?: string };
}

const seen: { userId?: string; orgId?: string }[] = [];

function see({ user, org }: AnyRequest): void {
  seen.push({ userId: user?.userId, orgId: org?.orgId });
}

class SeeingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    see(context.switchToHttp().getRequest<AnyRequest>());
    return next.handle();
  }
}

/** As a log of errors would be written. */
@Catch(HttpException)
class SeeingFilter implements ExceptionFilter<HttpException> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: HttpException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    see(http.getRequest<AnyRequest>());
    this.adapterHost.httpAdapter.reply(http.getResponse(), {}, exception.getStatus());
  }
}

/** Puts a person on the request who may do everything. */
function forge(target: object): void {
  const org = { ...ACME, role: 'Owner' };
  Object.assign(target, {
    user: {
      ...alice,
      userId: 'user-root',
      orgIdToUserOrgInfo: { [ACME_ID]: org, [GLOBEX_ID]: org },
      getOrgs: () => [org],
    },
    org: { ...org, orgId: GLOBEX_ID },
  });
}

class ForgingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    forge(context.switchToHttp().getRequest<object>());
    return true;
  }
}

@Controller()
@UseInterceptors(SeeingInterceptor)
@UseFilters(SeeingFilter)
class CallerController {
  @Get('whoami')
  @RequireUser()
  whoAmI(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Get('whoami_optional')
  @OptionalUser()
  whoAmIOptional(@CurrentUser() user: User | null) {
    return { userId: user?.userId ?? null };
  }

  @Get('public')
  @Public()
  public() {
    return {};
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }
}

class AskingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const userId = getCurrentUser(context)?.userId;
    seen.push({ userId, orgId: getCurrentOrg(context)?.orgId });
    return next.handle();
  }
}

// The guard of the class decides before that of the handler forges.
@Controller('forged-later')
@RequireOrgMember()
class ForgedLaterController {
  @Get(':orgId')
  @UseGuards(ForgingGuard)
  @UseInterceptors(SeeingInterceptor, AskingInterceptor)
  org(@CurrentUser('userId') userId: string, @CurrentOrg('orgId') orgId: string) {
    return { userId, orgId };
  }
}

function start(prepare: (app: INestApplication) => void = () => {}): Promise<RunningApplication> {
  return startGuarded({ controllers: [CallerController, ForgedLaterController] }, {}, prepare);
}

beforeEach(() => {
  seen.length = 0;
});

describe('request.user and request.org, for logs and error trackers,', () => {
  const application = beforeTests(() => start());

  it.each<[string, string, TestUser | null, { userId?: string; orgId?: string }]>([
    ['hold the user', '/whoami', alice, { userId: alice.userId }],
    ['hold the organization', `/orgs/${ACME_ID}`, alice, { userId: alice.userId, orgId: ACME_ID }],
    ['hold the user of an optional route', '/whoami_optional', dave, { userId: dave.userId }],
    ['are absent without a caller', '/whoami_optional', null, {}],
    ['are absent on a public route', '/public', alice, {}],
    ['are absent for a rejected token', '/whoami', null, {}],
    ['hold the user who was rejected', `/orgs/${ACME_ID}`, dave, { userId: dave.userId }],
  ])('%s: %s', async (_promise, path, user, expected) => {
    await request(application.url, user).get(path);
    expect(seen).toEqual([expected]);
  });
});

describe.each<[string, (app: INestApplication) => void]>([
  [
    'a middleware',
    (app) => {
      app.use((incoming: object, _response: unknown, next: () => void) => {
        forge(incoming);
        next();
      });
    },
  ],
  ['a guard before ours', (app) => app.useGlobalGuards(new ForgingGuard())],
])('A user and an organization that %s puts on the request', (_who, prepare) => {
  const application = beforeTests(() => start(prepare));

  it.each<[string, string, TestUser | null, number, object]>([
    ['is not the user', '/whoami', null, 401, {}],
    ['is not the optional user', '/whoami_optional', null, 200, { userId: null }],
    ['does not replace anyone', '/whoami', dave, 200, { userId: dave.userId }],
    ['is not a membership', `/orgs/${ACME_ID}`, dave, 403, {}],
    ['does not open another organization', `/orgs/${GLOBEX_ID}`, alice, 403, {}],
    ['is not the organization', `/orgs/${ACME_ID}`, alice, 200, { orgId: ACME_ID }],
  ])('%s: %s', async (_promise, path, user, status, body) => {
    await request(application.url, user).get(path).expect(status, body);
  });
});

describe('A user and an organization that a later guard puts on the request', () => {
  const application = beforeTests(() => start());

  it('are not injected by the decorators, nor returned by getCurrentUser() and getCurrentOrg()', async () => {
    const own = { userId: alice.userId, orgId: ACME_ID };
    await request(application.url, alice).get(`/forged-later/${ACME_ID}`).expect(200, own);
    // The request itself was forged, or this test would prove nothing.
    expect(seen).toEqual([{ userId: 'user-root', orgId: GLOBEX_ID }, own]);
  });
});

/** As another library may. */
function protect(target: object, _response: object, next: () => void): void {
  Object.defineProperty(target, 'user', { value: 'another', writable: false });
  Object.defineProperty(target, 'org', {
    set() {
      throw new Error('Read-only');
    },
  });
  next();
}

interface Hooked {
  addHook(name: 'onRequest', hook: typeof protect): void;
}

describe('A request whose user and organization cannot be set', () => {
  const application = beforeTests(() =>
    start((app) => {
      if (globalThis.HTTP_ADAPTER !== 'fastify') app.use(protect);
      else (app.getHttpAdapter().getInstance() as Hooked).addHook('onRequest', protect);
    }),
  );

  it('is decided like any other, and handlers get the caller', async () => {
    await request(application.url, alice).get('/whoami').expect(200, { userId: alice.userId });
    await request(application.url, alice).get(`/orgs/${ACME_ID}`).expect(200, { orgId: ACME_ID });
    await request(application.url, dave).get(`/orgs/${ACME_ID}`).expect(403);
    await request(application.url).get('/whoami').expect(401);
  });
});
