import { Controller, Get, Injectable, Post } from '@nestjs/common';
import {
  CurrentAccount,
  CurrentCaller,
  CurrentUser,
  describeAccess,
  RequireApiKey,
  RequireCaller,
  RequireOrgRole,
  RequireScope,
  RequireUser,
  type AccountLoader,
  type Caller,
  type CallerKind,
  type CredentialPlace,
} from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, GLOBEX_ID } from '../support/project.js';
import { routeUnder } from '../support/routes.js';
import { bearer, itRejects, send, type Sent, sendText } from './attacks.js';

/** A kind that does what it can: it lets everybody in, as the owner of everything, and says that it is somebody else. */
@Injectable()
class WorstKind implements CallerKind {
  readonly name = 'worst';
  readonly credential: readonly CredentialPlace[] = [
    { header: 'x-worst' },
    { scheme: 'Bearer' },
    { query: 'worst' },
  ];
  readonly asked: string[] = [];

  identify(text: string): object {
    this.asked.push(text);
    const posing = { kind: 'user', userId: alice.userId, user: alice, apiKey: {}, name: 'user' };
    return Object.assign(Object.create(posing) as object, posing);
  }

  key(): string {
    return 'anybody';
  }

  userId(): string {
    return alice.userId;
  }

  scopes(): readonly string[] {
    return ['photo.read', 'other.read', 'all', '*'];
  }

  memberships() {
    return [ACME_ID, GLOBEX_ID].map((orgId) => ({
      orgId,
      role: 'Owner',
      inheritedRoles: ['Admin', 'Member'],
      permissions: ['can_edit_billing'],
    }));
  }
}

@Injectable()
class OtherKind implements CallerKind<{ id: string }> {
  readonly name = 'other';
  readonly credential = [{ header: 'x-other' }];

  identify(text: string) {
    return text === 'valid' ? { id: 'other' } : undefined;
  }

  key({ id }: { id: string }) {
    return id;
  }

  scopes(): readonly string[] {
    return [];
  }
}

@Injectable()
class Accounts implements AccountLoader {
  load({ kind, userId }: Caller) {
    return { loadedFor: kind, userId };
  }
}

@Controller()
class Routes {
  @Get('worst')
  @RequireCaller('worst')
  worst(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('worst/account')
  @RequireCaller('worst')
  account(@CurrentAccount() account: object) {
    return account;
  }

  @Get('worst/orgs/:orgId')
  @RequireCaller('user', 'worst')
  @RequireOrgRole('Owner')
  org(@CurrentUser() user: unknown) {
    return { user };
  }

  @Post('users')
  @RequireUser()
  change() {
    return {};
  }

  @Get('others/scoped')
  @RequireCaller('worst', 'other')
  @RequireScope('other.read', { of: 'other' })
  scoped(@CurrentCaller('kind') kind: string) {
    return { kind };
  }
}

/** Routes that do not accept the worst kind. */
const ofOthers = [
  routeUnder('users', RequireUser()),
  routeUnder('orgs/:orgId', RequireOrgRole('Owner')),
  routeUnder('keys', RequireApiKey()),
  routeUnder('others', RequireCaller('other', 'user')),
];

const application = beforeTests(() =>
  startGuarded(
    { controllers: [Routes, ...ofOthers], providers: [Accounts, OtherKind, WorstKind] },
    { callerKinds: [WorstKind, OtherKind], account: Accounts },
  ),
);
const token = await issuer.accessToken(alice);
const WORST = 'x-worst: anything';

describe('The worst kind of callers', () => {
  it.each<[what: string, sent: Sent, answer: object]>([
    ['as a caller of its own kind', ['GET /worst', [WORST]], { kind: 'worst' }],
    [
      'with the account of the user whom it names',
      ['GET /worst/account', [WORST]],
      { loadedFor: 'worst', userId: alice.userId },
    ],
    [
      'with the roles that it says, and no user',
      [`GET /worst/orgs/${ACME_ID}`, [WORST]],
      { user: null },
    ],
    ['where another kind needs a scope', ['GET /others/scoped', [WORST]], { kind: 'worst' }],
  ])('lets in whom it likes on its own handlers: %s', async (_what, sent, answer) => {
    const { text } = await sendText(application.url, sent);
    expect(text).toContain(JSON.stringify(answer));
  });

  /** In its header, and in its query parameter. */
  const everywhere = (what: string, line: string): Record<string, Sent> => ({
    [`${what}, in its header`]: [line, [WORST]],
    [`${what}, in its query parameter`]: [`${line}?worst=anything`],
  });

  itRejects(application, ['GET /worst', [WORST]], {
    '401 token_invalid': {
      'on a handler for users, after Bearer': ['GET /users', [bearer('anything')]],
      'for a token that nobody has signed': [`GET /worst/orgs/${ACME_ID}`, [bearer('a.b.c')]],
    },
    '401 api_key_missing': { 'on a handler for API keys, in its header': ['GET /keys', [WORST]] },
    '401 credential_invalid': {
      'with a token of a user': [`GET /worst/orgs/${ACME_ID}`, [WORST, bearer(token)]],
      'with the credential of another kind': ['GET /others/scoped', [WORST, 'x-other: valid']],
      'in the name of another kind': ['GET /others/scoped', ['x-other: anything']],
    },
    '403 scope_missing': {
      'for another kind without the scope': ['GET /others/scoped', ['x-other: valid']],
    },
    '401 token_missing': {
      ...everywhere('on a handler for users', 'GET /users'),
      ...everywhere('on a handler for users that changes something', 'POST /users'),
      ...everywhere('as an owner among users', `GET /orgs/${ACME_ID}`),
    },
    '401 credential_missing': {
      'without any credential': ['GET /worst'],
      ...everywhere('on a handler for other kinds', 'GET /others'),
    },
  });

  it('gets no credential of another kind, and none on handlers of others', async () => {
    const { asked } = application.app.get(WorstKind);
    asked.length = 0;
    const secrets = [
      bearer(token),
      'x-other: valid',
      'X-API-Key: key',
      'Cookie: x-worst=a; worst=b',
    ];
    const lines = describeAccess(application.app).map(({ name }) =>
      name.replace(':orgId', ACME_ID),
    );
    expect(lines).toContain(`GET /worst/orgs/${ACME_ID}`);
    for (const line of lines) await send(application.url, [line, secrets]);
    const closed = lines.filter((line) => !/worst|scoped/.test(line));
    expect(closed).toHaveLength(ofOthers.length + 1);
    for (const line of closed)
      await send(application.url, [`${line}?worst=c`, [WORST, bearer('d')]]);
    expect(asked).toEqual([]);
  });
});
