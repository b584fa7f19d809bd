import { Controller, Get, Injectable, type ModuleMetadata, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  orgFromMessage,
  orgFromParam,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireStepUpMfa,
  RequireUser,
} from 'nestjs-propelauth';
import request from 'supertest';
import { issuer } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { startHybrid, startMicroservice } from '../../support/microservice.js';
import { classOf, CurrentCaller, type Caller } from '../../support/routes.js';
import { tokenFromMessage, UndecoratedMessages } from './guarded.messages.js';

/** A handler of both requests and messages. */
@Controller()
class BothController {
  @Get('both')
  @MessagePattern('both')
  @RequireUser()
  both(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

function moduleOf(
  controller: Type,
  options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]> = {},
) {
  const forRoot = PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    tokenSource: tokenFromMessage,
    ...options,
  });
  return { imports: [forRoot], controllers: [controller] };
}

/** What stops the start; an empty text when nothing does. */
async function startError(starting: Promise<unknown>): Promise<string> {
  try {
    await starting;
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('A hybrid application', () => {
  const byDefault = { requireUserByDefault: true };

  it('guards both requests and messages', async () => {
    const hybrid = await startHybrid(moduleOf(BothController));
    const accessToken = await issuer.accessToken(alice);
    const caller = { userId: alice.userId, orgId: null };
    expect(await hybrid.send('both', { accessToken })).toEqual(caller);
    expect(await hybrid.rejectionOf('both', {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    const server = hybrid.app.getHttpServer() as Parameters<typeof request>[0];
    await request(server).get('/both').expect(401);
    // The source asks for the type of the context.
    await request(server).get('/both').send({ accessToken }).expect(401);
    await request(server)
      .get('/both')
      .set('Authorization', `Bearer ${accessToken}`)
      .expect(200, caller);
  });

  it.each([undefined, {}, { inheritAppConfig: false }, { inheritAppConfig: true }])(
    'connected with %j fails startup under requireUserByDefault with an undecorated handler',
    async (options) => {
      const message = await startError(
        startHybrid(moduleOf(UndecoratedMessages, byDefault), options),
      );
      expect(message).toContain('UndecoratedMessages.undecorated (message)');
      expect(message).toContain('@RequireUser()');
    },
  );

  it('fails startup with an undecorated handler even if the audit only warns', async () => {
    const metadata = moduleOf(UndecoratedMessages, { ...byDefault, startupAudit: 'warn' });
    expect(await startError(startHybrid(metadata))).toContain('UndecoratedMessages.undecorated');
  });

  @Controller()
  class DecoratedMessages {
    @MessagePattern('required')
    @RequireUser()
    required(@CurrentCaller() caller: Caller) {
      return caller;
    }

    @MessagePattern('public')
    @Public()
    public(@CurrentCaller() caller: Caller) {
      return caller;
    }

    @MessagePattern('undecorated')
    undecorated(@CurrentCaller() caller: Caller) {
      return caller;
    }
  }

  it.each([{}, { inheritAppConfig: true }])(
    'connected with %j requires a user for undecorated handlers of a decorated class',
    async (options) => {
      const hybrid = await startHybrid(moduleOf(DecoratedMessages, byDefault), options);
      const accessToken = await issuer.accessToken(alice);
      for (const pattern of ['required', 'undecorated']) {
        expect(await hybrid.rejectionOf(pattern, {})).toMatchObject({ code: 'UNAUTHENTICATED' });
        expect(await hybrid.send(pattern, { accessToken })).toMatchObject({
          userId: alice.userId,
        });
      }
      expect(await hybrid.send('public', {})).toEqual({ userId: null, orgId: null });
    },
  );
});

const controllerOf = (name: string, methods: Record<string, MethodDecorator[]>) =>
  classOf(name, [Controller()], methods);

type Start = (metadata: ModuleMetadata) => Promise<unknown>;

describe('The audit of message handlers', () => {
  const MESSAGE = { org: orgFromMessage() };
  const me = { me: [MessagePattern('me'), RequireUser()] };
  const MessagesController = controllerOf('MessagesController', me);
  const MessagesService = classOf('MessagesService', [Injectable()], me);
  const ReportsController = controllerOf('ReportsController', {
    path: [MessagePattern('path'), RequireOrgMember({ org: orgFromParam() })],
    message: [MessagePattern('message'), RequireOrgMember(MESSAGE)],
  });
  const RoutesController = controllerOf('RoutesController', {
    list: [Get(), RequireOrgMember(MESSAGE)],
  });
  const HttpOnlyController = controllerOf('HttpOnlyController', {
    withdraw: [MessagePattern('withdraw'), RequireStepUpMfa('WITHDRAW')],
  });
  const TwoSourcesController = controllerOf('TwoSourcesController', {
    two: [
      MessagePattern('two'),
      RequireUser({ tokenSource: () => 'one' }),
      RequireOrgMember({ ...MESSAGE, tokenSource: () => 'other' }),
    ],
  });

  const withoutSource = moduleOf(MessagesController, { tokenSource: undefined });
  const { imports } = moduleOf(MessagesController);

  it.each<[what: string, metadata: ModuleMetadata, messages: string[], start?: Start]>([
    [
      'a handler that requires a user without a tokenSource',
      withoutSource,
      ['MessagesController.me (message)', 'tokenSource'],
    ],
    [
      'an organization source that a message does not have, such as the path',
      moduleOf(ReportsController),
      ['ReportsController.path (message)', 'orgFromMessage()'],
    ],
    [
      'an organization source for messages on a route',
      moduleOf(RoutesController),
      ['RoutesController.list (GET /)'],
      startHybrid,
    ],
    [
      'a rule that only HTTP requests can pass',
      moduleOf(HttpOnlyController),
      ['HttpOnlyController.withdraw (message): @RequireStepUpMfa()'],
    ],
    [
      'different tokenSources on one handler',
      moduleOf(TwoSourcesController),
      ['TwoSourcesController.two (message): Two different tokenSources'],
    ],
    [
      'a message handler of a class that is not a controller',
      { imports, providers: [MessagesService] },
      ['MessagesService.me'],
    ],
  ])('finds %s', async (_what, metadata, messages, start = startMicroservice) => {
    const message = await startError(start(metadata));
    for (const text of messages) expect(message).toContain(text);
    expect(message).not.toContain('ReportsController.message');
  });

  it('lets an application start under warn whose messages no rule lets in', async () => {
    const client = await startMicroservice(moduleOf(HttpOnlyController, { startupAudit: 'warn' }));
    const accessToken = await issuer.accessToken(alice);
    const rejection = await client.rejectionOf('withdraw', { accessToken });
    expect(rejection).toMatchObject({ code: 'FORBIDDEN' });
  });
});
