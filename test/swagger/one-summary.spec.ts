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

/** Each rule is on the method `rule0`, `rule1`, … and the path of the same name. */
const RULES: [summary: string, ...rules: MethodDecorator[]][] = [
  ['user', RequireUser()],
  ['user', UseGuards(PropelAuthGuard)],
  ['optional user', OptionalUser()],
  ['API key', RequireApiKey()],
  ['organization API key', RequireApiKey({ kind: 'org' })],
  ['user or personal API key', RequireUserOrApiKey({ kind: 'personal' })],
  ['user, not impersonated', DenyImpersonation()],
  ['user, with step-up for PAY', RequireStepUpMfa('PAY')],
  ['members of the org in path orgId', RequireOrgMember()],
  ['Admin and above of the org in token', RequireOrgRole('Admin', { org: activeOrg() })],
  ['exactly Admin of the org in path orgId', RequireOrgRole('Admin', { exact: true })],
  [
    'Owner or Billing with can_pay of the org in path orgId, not impersonated',
    RequireOrgRole({ anyOf: ['Owner', 'Billing'] }),
    RequirePermission('can_pay'),
    DenyImpersonation(),
  ],
];

@Controller('orgs/:orgId')
class RuledController {}

RULES.forEach(([, ...rules], index) => {
  const name = `rule${index}`;
  const { prototype } = RuledController;
  Object.assign(prototype, { [name]() {} });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  for (const decorate of [...rules, Get(name)]) decorate(prototype, name, descriptor);
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

describe('The summary of a rule', () => {
  it.each(RULES.map(([summary], index) => [summary, `rule${index}`] as const))(
    'is the same everywhere: %s',
    async (summary, handler) => {
      const { app, url } = application;
      const path = `/orgs/:orgId/${handler}`;
      const { paths } = PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
      expect(paths[`/orgs/{orgId}/${handler}`]?.get?.description).toBe(`Access: ${summary}.`);
      expect(accessTable(app)).toHaveProperty([`GET ${path}`], summary);
      expect(describeAccess(app)).toContainEqual(expect.objectContaining({ path, summary }));
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
    },
  );

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
