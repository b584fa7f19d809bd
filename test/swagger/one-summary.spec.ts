import { Controller, Get, UseGuards } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { DocumentBuilder } from '@nestjs/swagger';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  activeOrg,
  DenyImpersonation,
  describeAccess,
  OptionalUser,
  PropelAuthGuard,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { accessTable } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { everyTransport } from '../support/every-transport.js';
import { send } from '../support/graphql.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { connectSocketIo } from '../support/websockets.js';

const CREDENTIAL = 'a.bad.credential';

const ofPath = { from: 'path', name: 'orgId' };
const user = { user: 'any' };

/** Each rule is on the method `rule0`, `rule1`, … and the path of the same name. */
const RULES: [summary: string, callers: object, rules: object, ...written: MethodDecorator[]][] = [
  ['user', user, {}, RequireUser()],
  ['user', user, {}, UseGuards(PropelAuthGuard)],
  ['optional user', user, {}, OptionalUser()],
  ['API key', { 'api-key': 'any' }, {}, RequireApiKey()],
  ['organization API key', { 'api-key': 'org' }, {}, RequireApiKey({ kind: 'org' })],
  [
    'organization API key: members of the org in path orgId',
    { 'api-key': 'org' },
    { org: { in: [ofPath], requires: [{ type: 'member' }] } },
    RequireApiKey({ kind: 'org' }),
    RequireOrgMember(),
  ],
  [
    'API key with team billing',
    { 'api-key': 'any' },
    { metadata: { 'api-key': ['team billing'] } },
    RequireApiKey({ metadata: { team: 'billing' }, words: 'team billing' }),
  ],
  [
    'user or personal API key',
    { ...user, 'api-key': 'personal' },
    {},
    RequireUserOrApiKey({ kind: 'personal' }),
  ],
  ['user, not impersonated', user, { impersonation: true }, DenyImpersonation()],
  [
    'user, with step-up for PAY',
    user,
    { 'step-up': [{ actionType: 'PAY', grantHeader: 'x-step-up-grant' }] },
    RequireStepUpMfa('PAY'),
  ],
  [
    'members of the org in path orgId',
    user,
    { org: { in: [ofPath], requires: [{ type: 'member' }] } },
    RequireOrgMember(),
  ],
  [
    'Admin and above of the org in token',
    user,
    { org: { in: [{ from: 'token' }], requires: [{ type: 'role', role: 'Admin', exact: false }] } },
    RequireOrgRole('Admin', { org: activeOrg() }),
  ],
  [
    'members with can_view of the org that the application names',
    user,
    {
      org: {
        in: [{ from: 'custom' }],
        requires: [{ type: 'permissions', permissions: ['can_view'] }],
      },
    },
    RequirePermission('can_view', { org: () => undefined }),
  ],
  [
    'exactly Admin of the org in path orgId',
    user,
    { org: { in: [ofPath], requires: [{ type: 'role', role: 'Admin', exact: true }] } },
    RequireOrgRole('Admin', { exact: true }),
  ],
  [
    'Owner or Billing with can_pay of the org in path orgId, not impersonated',
    user,
    {
      org: {
        in: [ofPath],
        requires: [
          { type: 'any-role', roles: ['Owner', 'Billing'] },
          { type: 'permissions', permissions: ['can_pay'] },
        ],
      },
      impersonation: true,
    },
    RequireOrgRole({ anyOf: ['Owner', 'Billing'] }),
    RequirePermission('can_pay'),
    DenyImpersonation(),
  ],
];

@Controller('orgs/:orgId')
class RuledController {}

RULES.forEach(([, , , ...written], index) => {
  const name = `rule${index}`;
  const { prototype } = RuledController;
  Object.assign(prototype, { [name]() {} });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  for (const decorate of [...written, Get(name)]) decorate(prototype, name, descriptor);
});

@Resolver()
class RuledResolver {
  @Query(() => String)
  @RequireOrgRole('Admin', { org: activeOrg() })
  reports(): string {
    return '';
  }
}

@WebSocketGateway()
class RuledGateway {
  @SubscribeMessage('list')
  @RequireOrgRole('Admin', { org: activeOrg() })
  list(): void {}
}

const logger = new RecordingLogger();
const application = await startApplication(
  everyTransport([RuledController], [RuledResolver, RuledGateway]),
  (app) => app.useLogger(logger),
);

const lastDebugLine = () => logger.of('debug').at(-1);

describe('The description of a rule', () => {
  it.each(
    RULES.map(([summary, callers, rules], at) => [summary, `rule${at}`, callers, rules] as const),
  )('is the same everywhere: %s', async (summary, handler, callers, rules) => {
    const { app, url } = application;
    const path = `/orgs/:orgId/${handler}`;
    const { paths } = PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
    const access = summary === 'optional user' ? 'optional' : 'required';
    const description = { access, callers, rules };
    const operation = paths[`/orgs/{orgId}/${handler}`]?.get as object;
    expect(operation).toHaveProperty('description', `Access: ${summary}.`);
    expect(operation).toHaveProperty('x-propelauth', description);
    expect(accessTable(app)).toHaveProperty([`GET ${path}`], summary);
    expect(describeAccess(app)).toContainEqual(
      expect.objectContaining({ path, summary, ...description }),
    );
    // The one rule that lets in a caller without a credential.
    if (summary === 'optional user') return;
    const called = request(url).get(path.replace(':orgId', 'acme'));
    const { statusCode } = await called.set('Authorization', `Bearer ${CREDENTIAL}`);
    expect(statusCode).toBe(401);
    expect(lastDebugLine()).toMatch(
      new RegExp(
        `^GET ${path} \\(RuledController\\.${handler}\\) rejected: \\w+( \\(.+\\))?\\. Requires: `,
      ),
    );
    expect(lastDebugLine()).toContain(`Requires: ${summary} PropelAuth`);
  });

  it('is logged for calls of other transports, too', async () => {
    await send(application, '{ reports }');
    expect(lastDebugLine()).toBe(
      'GraphQL (RuledResolver.reports) rejected: token_missing. Requires: Admin and above of the org in token PropelAuth',
    );
    await connectSocketIo(application).ask('list', {});
    expect(lastDebugLine()).toBe(
      'WebSocket (RuledGateway.list) rejected: token_missing. Requires: Admin and above of the org in token PropelAuth',
    );
  });

  it('is logged without the credential', () => {
    expect(logger.text).not.toContain(CREDENTIAL);
  });
});
