import { Controller, Injectable, Scope, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  activeOrg,
  DenyImpersonation,
  OptionalUser,
  orgFromHeader,
  Public,
  RequireAnyOf,
  RequireCaller,
  RequireMetadata,
  RequireOrgMember,
  RequireScope,
  RequireStepUpMfa,
  RequireUser,
  type CallerKind,
} from 'nestjs-propelauth';
import { startGuarded, type PropelAuthOptions } from '../../support/guarded-application.js';
import { ACME_ID } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';
import { PersonalTokens, ServiceTokens, ShareLinks } from './kinds.js';

class NotProvided extends ServiceTokens {}

@Injectable({ scope: Scope.REQUEST })
class OfRequest extends ServiceTokens {}

/** Services under another name. */
const named = (name: string, more = {}): CallerKind =>
  Object.assign(new ServiceTokens(), { name, credential: [{ header: `x-${name}` }], ...more });

/** What the application says when it starts with kinds and controllers; an empty text if it starts. */
function startupSays(
  callerKinds: unknown,
  controllers: Type[],
  options: Partial<PropelAuthOptions> = {},
): Promise<string> {
  const providers = [ServiceTokens, OfRequest];
  const given = { ...options, callerKinds: callerKinds as never };
  return messageOf(startGuarded({ controllers, providers }, given));
}

// The mistakes in a kind itself are in lib/callers/own/caller-kind-checks.spec.ts.
it.each<[string, unknown, string]>([
  [
    'that no module provides',
    [NotProvided],
    'callerKinds[0] names NotProvided, which no module provides. Add it to the providers of a module.',
  ],
  [
    'of request scope',
    [OfRequest],
    'callerKinds[0] names OfRequest, which has request or transient',
  ],
  [
    'that is there twice',
    [ServiceTokens, ServiceTokens],
    "callerKinds[1] has the name 'service' of another kind",
  ],
  [
    'with a wrong scopeHierarchy',
    [named('robot'), named('device', { scopeHierarchy: { a: ['b'] } })],
    'callerKinds[1].scopeHierarchy["a"][0] is not a scope of callerKinds[1].scopeHierarchy. Add it',
  ],
  ['whose option is no list', ServiceTokens, 'callerKinds is not a list'],
])('Startup fails for a kind %s', async (_what, callerKinds, message) => {
  expect(await startupSays(callerKinds, [])).toContain(message);
});

type Row = [what: string, finding: string | undefined, ...decorators: MethodDecorator[]];

/** A route for each row, whose path is the index of the row. */
const routesOf = (rows: readonly Row[]) =>
  rows.map(([, , ...decorators], index) => routeUnder(`${index}`, ...decorators));

/** The startup error says of each row what its finding is, and no more. */
function expectFindings(message: string, rows: readonly Row[]): void {
  const findings = message.split('\n- ');
  const found = rows.map(([what], index) => {
    const name = `OneRouteController.show (GET /${index}): `;
    return [what, findings.filter((one) => one.startsWith(name))];
  });
  const expected = rows.map(([what, finding = []]) => [
    what,
    [finding].flat().map((one): unknown => expect.stringContaining(one)),
  ]);
  expect(found).toEqual(expected);
}

const inHeader = RequireOrgMember({ org: orgFromHeader('x-org') });
const ofService = RequireCaller('service');
const NOTHING = undefined;

const lacks = (about: string, kind = 'bare') =>
  `The handler has a rule about the ${about} of its callers, but callers of the kind '${kind}' have none, so all would be rejected.`;

const scopeOf = (of: string) => RequireScope('a', { of });

describe('What a handler asks of the own kinds that it accepts', () => {
  const kinds = [
    new PersonalTokens(),
    new ShareLinks(),
    new ServiceTokens(),
    named('bare', { memberships: undefined, scopes: undefined, metadata: undefined }),
    named('impersonated', { impersonator: () => undefined }),
  ];
  const MISSING =
    "The handler accepts callers of the kind 'stranger', which the application does not have. Add the class of the kind to callerKinds";
  const SHARED =
    "The handler accepts the kinds 'api-key' and 'pat', whose credentials are both in one place: opaque text after Bearer.";
  const NO_EFFECT =
    "@DenyImpersonation() has no effect, because no caller of the kind 'service' says who impersonates it. " +
    'Add impersonator() to the kind, or remove the decorator.';
  const ofBare = RequireCaller('bare');
  const inPerson = DenyImpersonation();

  const rows: Row[] = [
    ['a kind that is missing', MISSING, RequireCaller('stranger')],
    ['one that only a rule names', MISSING, OptionalUser(), scopeOf('stranger')],
    ['the same under @Public()', MISSING, Public(), scopeOf('stranger')],
    ['a place of another kind', SHARED, RequireCaller('pat', 'api-key')],
    ['memberships', `${lacks('organization')} Add memberships() to`, ofBare, inHeader],
    ['scopes', `${lacks('scope')} Add scopes() to the kind`, ofBare, RequireScope('a')],
    ['scopes, beside users', lacks('scope', 'share-link'), OptionalUser(), scopeOf('share-link')],
    ['metadata', `${lacks('metadata')} Add metadata()`, RequireMetadata({ a: 1 }, { of: 'bare' })],
    ['impersonators', NO_EFFECT, ofService, inPerson],
    ['impersonators, which it has', NOTHING, RequireCaller('impersonated'), inPerson],
    ['impersonators, which users have', NOTHING, RequireCaller('user', 'service'), inPerson],
  ];

  it('makes startup fail if they do not have it, also under startupAudit: warn', async () => {
    expectFindings(await startupSays(kinds, routesOf(rows), { startupAudit: 'warn' }), rows);
  });
});

const none = (listed: string) =>
  `activeOrg() finds no organization, because none of the accepted kinds (${listed}) has activeOrgId(). Add it, or set the option org ` +
  'of the rule to another source.';

describe('A rule about own kinds that cannot work', () => {
  const kinds = [
    new PersonalTokens(),
    new ServiceTokens(),
    named('robot'),
    named('tenant', { activeOrgId: () => ACME_ID }),
  ];
  const active = RequireOrgMember({ org: activeOrg() });
  const byToken = Object.assign(() => undefined, { reads: { from: 'token' } as const });
  const either = RequireAnyOf(active, RequireScope('a'));
  const pay = RequireStepUpMfa('PAY');
  const scope = RequireScope('read', { of: 'service' });
  const metadata = RequireMetadata({ a: 1 }, { of: 'service' });
  const robots = RequireCaller('robot', 'service');
  const FOR_USERS = `contradicts @RequireStepUpMfa('PAY'), which requires a caller of the kind 'user'`;
  const FOR_SERVICES = `which requires a caller of the kind 'service'`;
  const OF_ONE = 'its option of names the kind that needs them';
  const pats = RequireCaller('user', 'pat');

  const rows: Row[] = [
    ['active organization', none("'service'"), ofService, active],
    ['orgSource', none("'robot', 'service'"), robots, RequireOrgMember()],
    ['active organization, in an alternative', none("'service'"), ofService, either],
    ['@Public()', '@Public() contradicts @RequireOrgMember()', Public(), active],
    ['active organization, of users', NOTHING, RequireCaller('user', 'service'), active],
    ['active organization, of one kind', NOTHING, RequireCaller('service', 'tenant'), active],
    ['organization in a header', NOTHING, ofService, inHeader],
    ['organization in the credential', NOTHING, ofService, RequireOrgMember({ org: byToken })],
    ['grant', `@RequireCaller('service') ${FOR_USERS}`, ofService, pay],
    ['grant, scopes', `@RequireScope() ${FOR_USERS}`, scope, pay],
    ['grant, metadata', `@RequireMetadata() ${FOR_USERS}`, metadata, pay],
    [
      'metadata',
      `@RequireUser() contradicts @RequireMetadata(), ${FOR_SERVICES}`,
      RequireUser(),
      metadata,
    ],
    ['scopes', `@RequireUser() contradicts @RequireScope(), ${FOR_SERVICES}`, RequireUser(), scope],
    ['scopes of all', OF_ONE, pats, RequireScope('reports:read')],
  ];

  @Controller()
  class Messages {
    @MessagePattern('sum')
    @RequireCaller('service')
    sum() {}
  }

  it('makes startup fail', async () => {
    const options = { orgSource: activeOrg() };
    const message = await startupSays(kinds, [Messages, ...routesOf(rows)], options);
    expectFindings(message, rows);
    expect(message).toContain(
      "Messages.sum (message): The handler accepts callers of the kind 'service', whose credential is the header " +
        'x-service-token, which messages do not have.',
    );
  });
});
