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

const lacks = (about: string, kind = 'bare') =>
  `The handler has a rule about the ${about} of its callers, but callers of the kind '${kind}' have none, so all would be rejected.`;

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

  const rows: Row[] = [
    ['a kind that is missing', MISSING, RequireCaller('stranger')],
    ['one that only a rule names', MISSING, OptionalUser(), RequireScope('a', { of: 'stranger' })],
    ['the same under @Public()', MISSING, Public(), RequireScope('a', { of: 'stranger' })],
    [
      'a place of another kind',
      "The handler accepts the kinds 'api-key' and 'pat', whose credentials are both in one place: opaque text after Bearer.",
      RequireCaller('pat', 'api-key'),
    ],
    [
      'memberships',
      `${lacks('organization')} Add memberships()`,
      RequireCaller('bare'),
      RequireOrgMember({ org: orgFromHeader('x-org') }),
    ],
    [
      'scopes',
      `${lacks('scope')} Add scopes() to the kind`,
      RequireCaller('bare'),
      RequireScope('a'),
    ],
    [
      'scopes, beside users',
      lacks('scope', 'share-link'),
      OptionalUser(),
      RequireScope('a', { of: 'share-link' }),
    ],
    [
      'metadata',
      `${lacks('metadata')} Add metadata() to the kind`,
      RequireMetadata({ a: 1 }, { of: 'bare' }),
    ],
    [
      'impersonators',
      "@DenyImpersonation() has no effect, because no caller of the kind 'service' says who impersonates it. " +
        'Add impersonator() to the kind, or remove the decorator.',
      RequireCaller('service'),
      DenyImpersonation(),
    ],
    ['impersonators, which it has', undefined, RequireCaller('impersonated'), DenyImpersonation()],
    [
      'impersonators, which users have',
      undefined,
      RequireCaller('user', 'service'),
      DenyImpersonation(),
    ],
  ];

  it('makes startup fail if they do not have it, also under startupAudit: warn', async () => {
    expectFindings(await startupSays(kinds, routesOf(rows), { startupAudit: 'warn' }), rows);
  });
});

const none = (listed: string) =>
  `activeOrg() finds no organization, because none of the accepted kinds (${listed}) has activeOrgId(). Add it, or set the option org ` +
  'of the rule to another source.';
const needs = (kind: string) => `which requires a caller of the kind '${kind}'`;

describe('A rule about own kinds that cannot work', () => {
  const kinds = [
    new PersonalTokens(),
    new ServiceTokens(),
    named('robot'),
    named('tenant', { activeOrgId: () => ACME_ID }),
  ];
  const ofActive = RequireOrgMember({ org: activeOrg() });
  const byToken = Object.assign(() => undefined, { reads: { from: 'token' } as const });
  const stepUp = `@RequireStepUpMfa('PAY'), ${needs('user')}`;
  const ofService = RequireScope('read', { of: 'service' });
  const metadataOfService = RequireMetadata({ a: 1 }, { of: 'service' });

  const rows: Row[] = [
    ['active organization', none("'service'"), RequireCaller('service'), ofActive],
    [
      'active organization, by orgSource',
      none("'robot', 'service'"),
      RequireCaller('robot', 'service'),
      RequireOrgMember(),
    ],
    [
      'active organization, in an alternative',
      none("'service'"),
      RequireCaller('service'),
      RequireAnyOf(ofActive, RequireScope('a')),
    ],
    ['@Public()', '@Public() contradicts @RequireOrgMember()', Public(), ofActive],
    ['active organization, of users', undefined, RequireCaller('user', 'service'), ofActive],
    ['active organization, of one kind', undefined, RequireCaller('service', 'tenant'), ofActive],
    [
      'organization in a header',
      undefined,
      RequireCaller('service'),
      RequireOrgMember({ org: orgFromHeader('x-org') }),
    ],
    [
      'organization that the application reads',
      undefined,
      RequireCaller('service'),
      RequireOrgMember({ org: byToken }),
    ],
    [
      'grant',
      `@RequireCaller('service') contradicts ${stepUp}`,
      RequireCaller('service'),
      RequireStepUpMfa('PAY'),
    ],
    ['grant, scopes', `@RequireScope() contradicts ${stepUp}`, ofService, RequireStepUpMfa('PAY')],
    [
      'grant, metadata',
      `@RequireMetadata() contradicts ${stepUp}`,
      metadataOfService,
      RequireStepUpMfa('PAY'),
    ],
    [
      'metadata, users',
      `@RequireUser() contradicts @RequireMetadata(), ${needs('service')}`,
      RequireUser(),
      metadataOfService,
    ],
    [
      'scopes, users',
      `@RequireUser() contradicts @RequireScope(), ${needs('service')}`,
      RequireUser(),
      ofService,
    ],
    [
      'scopes of all',
      'its option of names the kind that needs them',
      RequireCaller('user', 'pat'),
      RequireScope('reports:read'),
    ],
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
