import {
  Controller,
  Get,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  getCurrentOrg,
  getCurrentUser,
  OptionalUser,
  PropelAuthGuard,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type OrgSource,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { stopClock } from '../support/fake-timers.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import {
  ACME,
  ACME_ID,
  alice,
  carol,
  dave,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  userIn,
} from '../support/project.js';
import { classOf, CurrentCaller, decorateHandler, type Caller } from '../support/routes.js';

/** What a test does inside of a real request. */
type Probe = (context: ExecutionContext) => Promise<unknown>;

let probe: Probe;

class ProbingInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler) {
    await probe(context);
    return next.handle();
  }
}

/** A route for {@link probing}; anyone may call it. */
@Controller('probe/:orgId')
@OptionalUser()
class ProbeController {
  @Get()
  @UseInterceptors(ProbingInterceptor)
  show() {
    return {};
  }
}

/** Another context of the request of a context: a call of that handler. */
function contextFor(
  context: ExecutionContext,
  controller: Type,
  handler: string,
  type = 'http',
): ExecutionContext {
  const method = (controller.prototype as Record<string, () => unknown>)[handler];
  const other = new ExecutionContextHost(context.getArgs(), controller, method);
  other.setType(type);
  return other;
}

/** Changes the path parameters of the request, as a router that matches it once more does. */
function setPathParameters(context: ExecutionContext, params: Record<string, string>): void {
  context.switchToHttp().getRequest<{ params: Record<string, string> }>().params = params;
}

/** How often organizations were looked for: once for each decision. */
let lookups = 0;
const counting: OrgSource = (context) => {
  lookups++;
  const { params } = context.switchToHttp().getRequest<{ params: { orgId?: string } }>();
  return { orgId: params.orgId };
};

@Controller('orgs/:orgId')
@UseGuards(PropelAuthGuard)
@RequireUser()
@RequireOrgMember({ org: counting })
class OrgController {
  @Get()
  @UseGuards(PropelAuthGuard, PropelAuthGuard)
  @RequireUser()
  @RequireOrgRole('Admin')
  @RequireOrgRole('Member')
  show(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @Get('late')
  late() {
    return { allowed: true };
  }
}

const OtherController = classOf('OtherController', [Controller('others')], {
  optional: [Get('optional'), OptionalUser()],
  public: [Get('public'), Public()],
  user: [Get('user'), RequireUser()],
});

const application = await startGuarded(
  { controllers: [OrgController, OtherController, ProbeController] },
  { requireUserByDefault: true },
);
const guard = application.app.get(PropelAuthGuard);

/** What the guard says: true, or the status of its rejection. */
async function verdict(context: ExecutionContext): Promise<unknown> {
  try {
    return await guard.canActivate(context);
  } catch (error) {
    return (error as { status?: number }).status ?? error;
  }
}

/** Sends a request for Acme and runs the probe inside of it; what the probe throws is thrown here. */
async function probing(
  user: TestUser | null,
  inRequest: Probe,
  claims?: Record<string, unknown>,
): Promise<void> {
  let outcome: Promise<unknown> = Promise.reject(new Error('The request did not get to the probe'));
  outcome.catch(() => {});
  probe = (context) => {
    outcome = inRequest(context);
    return outcome.catch(() => {});
  };
  await request(application.url, user, claims).get(`/probe/${ACME_ID}`);
  await outcome;
}

describe('A decision of the guard', () => {
  beforeEach(() => {
    lookups = 0;
  });

  it.each([
    ['that allows', alice, 200],
    ['that rejects', carol, 403],
  ])('%s is made once, even if the guard runs several times', async (_what, user, status) => {
    const headers = await headersOf(issuer, user);
    await request(application.url).get(`/orgs/${ACME_ID}`).set(headers).expect(status);
    expect(lookups).toBe(1);
    await request(application.url).get(`/orgs/${ACME_ID}`).set(headers).expect(status);
    expect(lookups).toBe(2);
  });

  it.each([
    ['that allows', alice, true, GLOBEX_ID],
    ['that rejects', carol, 403, ACME_ID],
  ])('%s is stored for its handler', async (_what, user, expected, laterOrgId) => {
    await probing(user, async (context) => {
      const org = contextFor(context, OrgController, 'show');
      expect(await verdict(org)).toBe(expected);
      setPathParameters(context, { orgId: laterOrgId });
      expect(await verdict(org)).toBe(expected);
    });
    expect(lookups).toBe(1);
  });

  it('is shared by guards that run at the same time', async () => {
    await probing(alice, async (context) => {
      const org = contextFor(context, OrgController, 'show');
      expect(await Promise.all([verdict(org), verdict(org)])).toEqual([true, true]);
    });
    expect(lookups).toBe(1);
  });

  it('is not used for another call of the same request, and one that rejects leaves no organization', async () => {
    await probing(alice, async (context) => {
      for (const [orgId, expected] of [
        [ACME_ID, true],
        [GLOBEX_ID, 403],
        [ACME_ID, true],
      ] as const) {
        setPathParameters(context, { orgId });
        const org = contextFor(context, OrgController, 'show');
        expect(await verdict(org)).toBe(expected);
        expect(getCurrentOrg(org)?.orgId).toBe(expected === true ? orgId : undefined);
      }
    });
    expect(lookups).toBe(3);
  });

  it('is not used for another request, even in the same context', async () => {
    await probing(alice, async (context) => {
      const org = contextFor(context, OrgController, 'show');
      expect(await verdict(org)).toBe(true);
      const [incoming] = org.getArgs<object[]>();
      const anonymous = { headers: {}, rawHeaders: [], params: { orgId: ACME_ID } };
      org.getArgs<object[]>()[0] = anonymous;
      expect(await verdict(org)).toBe(401);
      expect(getCurrentUser(org)).toBeNull();
      org.getArgs<object[]>()[0] = incoming as object;
      expect(await verdict(org)).toBe(true);
    });
    expect(lookups).toBe(2);
  });

  it.each([
    ['an optional user', 'optional', true],
    ['a public handler', 'public', true],
    ['a user', 'user', 401],
  ])('does not open another handler of the same request: %s', async (_what, handler, expected) => {
    await probing(null, async (context) => {
      expect(await verdict(contextFor(context, OtherController, handler))).toBe(expected);
      expect(await verdict(contextFor(context, OrgController, 'show'))).toBe(401);
    });
  });

  it('about one handler keeps the user of another', async () => {
    const erin = userIn('erin', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Admin' });
    await probing(erin, async (context) => {
      const org = contextFor(context, OrgController, 'show');
      await verdict(org);
      const open = contextFor(context, OtherController, 'public');
      await verdict(open);
      expect(getCurrentUser(org)?.userId).toBe(erin.userId);
      expect(getCurrentOrg(org)?.orgId).toBe(ACME_ID);
      expect(getCurrentUser(open)).toBeNull();
      expect(getCurrentOrg(open)).toBeNull();
      expect(getCurrentOrg(context)).toBeNull();
      expect(getCurrentUser(context)?.userId).toBe(erin.userId);
    });
  });

  it('that rejects because of a role leaves no organization, even if the user is a member', async () => {
    await probing(carol, async (context) => {
      const rejected = contextFor(context, OrgController, 'show');
      expect(await verdict(rejected)).toBe(403);
      expect(getCurrentOrg(rejected)).toBeNull();
      expect(context.switchToHttp().getRequest<{ org?: unknown }>().org).toBeUndefined();
    });
  });

  it('checks the expiry of the token each time', async () => {
    const now = Math.floor(Date.now() / 1000);
    stopClock(now * 1000);
    const inRequest: Probe = async (context) => {
      for (const [seconds, expected] of [
        [0, true],
        [159, true],
        [160, 401],
      ] as const) {
        jest.setSystemTime((now + seconds) * 1000);
        expect(await verdict(contextFor(context, OtherController, 'user'))).toBe(expected);
      }
    };
    await probing(alice, inRequest, { exp: now + 100 });
  });

  it('about an unknown context type is an error, unless the handler is public', async () => {
    await probing(alice, async (context) => {
      for (const handler of ['user', 'optional']) {
        const outcome = await verdict(
          contextFor(context, OtherController, handler, 'something-new'),
        );
        expect(outcome).toBeInstanceOf(Error);
        expect((outcome as Error).message).toContain('"something-new"');
      }
      const open = contextFor(context, OtherController, 'public', 'something-new');
      expect(await verdict(open)).toBe(true);
    });
  });

  it.each(['ws', 'rpc'])(
    'about a context of type %s reads no token from an HTTP request',
    async (type) => {
      await probing(alice, async (context) => {
        const outcome = await verdict(contextFor(context, OtherController, 'user', type));
        expect(outcome).toBeInstanceOf(Error);
        expect((outcome as { cause?: unknown }).cause).toMatchObject({ status: 401 });
      });
    },
  );

  it('uses rules that were compiled once, so later decorators have no effect', async () => {
    const headers = await headersOf(issuer, alice);
    const path = `/orgs/${ACME_ID}/late`;
    await request(application.url).get(path).set(headers).expect(200);
    decorateHandler(OrgController, 'late', RequireOrgRole('Nobody'));
    await request(application.url).get(path).set(headers).expect(200);
    decorateHandler(OrgController, 'late', Public());
    await request(application.url).get(path).expect(401);
    await request(application.url, dave).get(path).expect(403);
  });
});
