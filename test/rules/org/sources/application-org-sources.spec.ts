import {
  ForbiddenException,
  HttpException,
  Injectable,
  NotFoundException,
  Scope,
  type ExecutionContext,
} from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  describeAccess,
  getCurrentUser,
  RequireOrgMember,
  RequireOrgRole,
  type InjectableOrgSource,
  type OrgReference,
  type OrgSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../../support/application.js';
import { issuer, request, startGuarded } from '../../../support/guarded-application.js';
import { ACME_ID, alice, bob, carol, dave, GLOBEX_ID } from '../../../support/project.js';
import { routeUnder } from '../../../support/routes.js';
import { messageOf } from '../../../support/start-error.js';
import { connectSocketIo } from '../../../support/websockets.js';

/** To which organization invoices belong, as a database says. */
@Injectable()
class Invoices {
  asked = 0;

  async orgIdOf(id: string | undefined): Promise<string | undefined> {
    this.asked++;
    return { 'of-acme': ACME_ID, 'of-globex': GLOBEX_ID }[id ?? ''];
  }
}

@Injectable()
class InvoiceOrgSource implements InjectableOrgSource {
  static readonly reads: OrgSourceReads = { from: 'path', name: 'id' };

  constructor(private readonly invoices: Invoices) {}

  async orgOf(context: ExecutionContext): Promise<OrgReference | undefined> {
    const { params } = context.switchToHttp().getRequest<{ params: Record<string, string> }>();
    const orgId = await this.invoices.orgIdOf(params['id']);
    return orgId === undefined ? undefined : { orgId };
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedSource implements InjectableOrgSource {
  orgOf() {
    return undefined;
  }
}

async function orgOfCaller(context: ExecutionContext): Promise<OrgReference> {
  await Promise.resolve();
  return { orgId: getCurrentUser(context)?.userId === bob.userId ? ACME_ID : GLOBEX_ID };
}

const query = {
  // oxlint-disable-next-line unicorn/no-thenable -- as those of database clients are
  then: (resolve: (reference: OrgReference) => void) => resolve({ orgId: ACME_ID }),
} as unknown as Promise<OrgReference>;

/** What a source can fail with, and the status of the response. */
const FAILURES: [what: string, reason: unknown, status: number][] = [
  ['403', new ForbiddenException('Not yours'), 403],
  ['404', new NotFoundException(), 404],
  ['an HttpException', new HttpException('Gone', 410), 410],
  ['an error that is not an HttpException', new Error('A database is down'), 500],
  ['a value that is not an error', 'a text', 500],
];

const invoiceRules = [RequireOrgMember({ org: InvoiceOrgSource }), RequireOrgRole('Admin')];

const application = beforeTests(() =>
  startGuarded(
    {
      controllers: [
        routeUnder('invoices/:id', ...invoiceRules),
        routeUnder('module/:id', RequireOrgMember()),
        routeUnder('caller', RequireOrgMember({ org: orgOfCaller })),
        routeUnder('thenable', RequireOrgMember({ org: () => query })),
        ...FAILURES.flatMap(([, reason], index) => [
          routeUnder(`rejecting/${index}`, RequireOrgMember({ org: () => Promise.reject(reason) })),
          routeUnder(
            `throwing/${index}`,
            RequireOrgMember({
              org: () => {
                throw reason;
              },
            }),
          ),
        ]),
      ],
      providers: [Invoices, InvoiceOrgSource],
    },
    // One of these classes has a source that another handler cannot have.
    { orgSource: InvoiceOrgSource, startupAudit: 'warn' },
  ),
);

async function get(path: string, user: TestUser | null, headers = {}) {
  const response = await request(application.url, user).get(path).set(headers);
  return response.status === 200 ? (response.body.orgId as string) : response.status;
}

describe('An organization source of the application', () => {
  it.each<[string, TestUser | null, string | number]>([
    ['/invoices/of-acme', bob, ACME_ID],
    ['/invoices/of-acme', carol, 403],
    ['/invoices/of-globex', bob, 403],
    ['/invoices/unknown', bob, 403],
    ['/module/of-acme', carol, ACME_ID],
    ['/module/of-globex', bob, 403],
    ['/caller', bob, ACME_ID],
    ['/caller', alice, 403],
    ['/thenable', bob, ACME_ID],
    ['/thenable', dave, 403],
  ])('finds the organization in its own data: %s by %p', async (path, user, outcome) => {
    expect(await get(path, user)).toBe(outcome);
  });

  it('is called once per call, after the caller is known', async () => {
    const invoices = application.app.get(Invoices);
    invoices.asked = 0;
    for (const [user, asked] of [
      [null, 0],
      [bob, 1],
      [bob, 2],
    ] as const) {
      await get('/invoices/of-acme', user);
      expect(invoices.asked).toBe(asked);
    }
  });

  it.each(FAILURES.map(([what, , status], index) => [what, status, index] as const))(
    'that fails with %s gives %i, never access',
    async (_what, status, index) => {
      for (const how of ['rejecting', 'throwing']) {
        expect(await get(`/${how}/${index}`, bob)).toBe(status);
        expect(await get(`/${how}/${index}`, null)).toBe(401);
      }
    },
  );
});

function reading(reads: unknown): OrgSource {
  return Object.assign(() => undefined, { reads }) as OrgSource;
}

const start = (path: string, org: OrgSourceOption, providers = [Invoices, InvoiceOrgSource]) =>
  startGuarded({ controllers: [routeUnder(path, RequireOrgMember({ org }))], providers });

/** It reads something else than it says. */
const orgFromText: OrgSource = (context) => ({ orgId: context.switchToWs().getData<string>() });
orgFromText.reads = { from: 'message', name: 'orgId' };

@WebSocketGateway()
class TextGateway {
  @SubscribeMessage('list')
  @RequireOrgMember({ org: orgFromText })
  list() {
    return { event: 'list', data: 'listed' };
  }
}

describe('What such a source declares that it reads', () => {
  it.each<[string, OrgSourceOption, object]>([
    [
      'query tenant',
      reading({ from: 'query', name: 'tenant', required: false }),
      { from: 'query', name: 'tenant' },
    ],
    ['path id', InvoiceOrgSource, { from: 'path', name: 'id' }],
  ])('describes it: %s', async (words, org, place) => {
    const { app } = await start('things/:id', org);
    expect(describeAccess(app)).toMatchObject([
      { rules: { org: { in: [place] } }, summary: `members of the org found by ${words}` },
    ]);
  });

  it('may be missing from a route if it is optional', async () => {
    const org = reading({ from: 'path', name: 'id', required: false });
    expect(await messageOf(start('things', org))).toBe('');
  });

  it('does not make string messages trustworthy', async () => {
    const running = await startGuarded({ providers: [TextGateway] }, { debugMode: true });
    const client = connectSocketIo(running, {
      auth: { token: await issuer.accessToken(bob) },
    });
    expect(await client.ask('list', ACME_ID)).toMatchObject({
      event: 'exception',
      data: { reason: 'message_not_object' },
    });
  });

  it.each<[string, OrgSourceOption, string]>([
    [
      'no route can have',
      InvoiceOrgSource,
      'the path parameter "id", which this path does not have',
    ],
    [
      'no request has',
      reading({ from: 'argument', name: 'orgId' }),
      'argument "orgId", which an HTTP request does not have',
    ],
  ])('fails startup where %s it', async (_what, org, message) => {
    expect(await messageOf(start('things', org))).toContain(message);
  });
});

it('Startup fails for an organization source that is request-scoped', async () => {
  const starting = start('things/:id', RequestScopedSource, [RequestScopedSource] as never);
  expect(await messageOf(starting)).toContain('RequestScopedSource');
});
