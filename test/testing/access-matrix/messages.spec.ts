import {
  Controller,
  Injectable,
  type CanActivate,
  type INestApplicationContext,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import {
  orgFromMessage,
  PropelAuthGuard,
  PropelAuthModule,
  RequireOrgMember,
  RequireUser,
  tokenFromHeader,
  type TokenSource,
} from 'nestjs-propelauth';
import {
  expectAccess,
  overridePropelAuth,
  TestIssuer,
  type HoldOptions,
} from 'nestjs-propelauth/testing';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { startApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import {
  CallOfRequest,
  createMessages,
  Events,
  Messages,
  ran,
  ScopedEvents,
  ScopedMessages,
} from './messages.parts.js';
import { decorateHandler } from '../../support/routes.js';

const issuer = await TestIssuer.create();

const inHeader = tokenFromHeader();

const inData: TokenSource = (context) =>
  context.getType() === 'rpc'
    ? context.switchToRpc().getData<{ accessToken?: string }>().accessToken
    : inHeader(context);

const argsFor: HoldOptions['argsFor'] = ({ transport, name }, { token }) => {
  if (transport !== 'rpc') return undefined;
  if (name === 'message Reports/List') {
    return token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
  }
  if (name === 'message metadata')
    return { context: { getMetadata: () => ({ accessToken: token }) } };
  return { data: { accessToken: token } };
};

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

@Injectable()
class LetsInNobody implements CanActivate {
  canActivate() {
    return false;
  }
}

const withModule = (metadata: ModuleMetadata): ModuleMetadata => ({
  ...metadata,
  imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: inData })],
});

async function start(
  metadata: ModuleMetadata,
  { adapter, guard }: { adapter?: typeof WsAdapter; guard?: Type<CanActivate> } = {},
) {
  const { app } = await startApplication(
    withModule(metadata),
    (created) => adapter && created.useWebSocketAdapter(new adapter(created)),
    (builder) => {
      const overridden = overridePropelAuth(builder, { issuer });
      return guard ? overridden.overrideProvider(PropelAuthGuard).useClass(guard) : overridden;
    },
  );
  return app;
}

async function startMicroservice(metadata: ModuleMetadata) {
  const builder = Test.createTestingModule(withModule(metadata));
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  const microservice = moduleRef.createNestMicroservice({ logger: false });
  registerCleanup(() => microservice.close());
  await microservice.init();
  return microservice;
}

const ALL: ModuleMetadata = {
  providers: [Events, ScopedEvents, CallOfRequest],
  controllers: [Messages, ScopedMessages, createMessages('made')],
};

/** What toHold() writes about one handler. */
async function reviewOf(name: string, app: INestApplicationContext, options?: HoldOptions) {
  const review = await expectAccess(app)
    .toHold(options)
    .then(String, (error: Error) => error.message);
  return review.split('\n\n').find((finding) => finding.includes(name));
}

describe('toHold() of events and messages', () => {
  it('passes if the guard behaves as described, over socket.io', async () => {
    await expectAccess(await start(ALL)).toHold({ argsFor });
    expect(ran).toEqual([]);
  });

  it('passes over ws, as if handleConnection() had received the upgrade request', async () => {
    await expectAccess(await start({ providers: [Events] }, { adapter: WsAdapter })).toHold();
    expect(ran).toEqual([]);
  });

  it('passes in a microservice without HTTP', async () => {
    const microservice = await startMicroservice({
      controllers: [Messages, ScopedMessages],
      providers: [CallOfRequest],
    });
    await expectAccess(microservice).toHold({ argsFor });
    expect(ran).toEqual([]);
  });

  it.each([
    ['event edit (Events.edit)', 'a caller without credentials'],
    ['event edit (Events.edit)', 'a member of another organization'],
    ['event edit (Events.edit)', 'an employee who impersonates a user'],
    ['event scoped (ScopedEvents.scoped)', 'a user whose token has expired'],
    ['message list (Messages.list)', 'without the permission can_list'],
    ['message {"cmd":"list"} (Messages.list)', 'a caller with a malformed token'],
    ['message happened (Messages.happened)', 'a user with a token of another issuer'],
    ['message Reports/List (Messages.grpc)', 'a caller without credentials'],
    ['message scoped (ScopedMessages.scoped)', 'a user whose token has expired'],
    ['message made (MadeMessages.handle)', 'a caller without credentials'],
  ])('names the handler and the caller that another guard allows: %s, %s', async (name, caller) => {
    const review = await reviewOf(name, await start(ALL, { guard: LetsInAll }), { argsFor });
    expect(review).toContain('allows');
    expect(review).toContain(caller);
    expect(ran).toEqual([]);
  });

  it('requires the location of the token, if only the application knows it', async () => {
    const app = await start({ controllers: [Messages] });
    expect(await reviewOf('message happened (Messages.happened)', app)).toContain(
      'Only your tokenSource knows where its access token is. Return the token from argsFor',
    );
  });

  it('finds an open event', async () => {
    @WebSocketGateway()
    class OpenEvents {
      @SubscribeMessage('open')
      open() {
        ran.push('open');
      }
    }
    const app = await start({ providers: [OpenEvents] });
    expect(await reviewOf('event open (OpenEvents.open)', app)).toContain('is open');
  });

  it('finds an organization that is read from elsewhere than described', async () => {
    const org = Object.assign(() => ({ orgId: 'another' }), {
      reads: orgFromMessage('orgId').reads,
    });
    class OrgMessages {
      list() {
        ran.push('list');
      }
    }
    decorateHandler(OrgMessages, 'list', RequireOrgMember({ org }), MessagePattern('org'));
    Controller()(OrgMessages);
    const app = await start({ controllers: [OrgMessages] });
    expect(await reviewOf('message org (OrgMessages.list)', app, { argsFor })).toContain(
      '(not_a_member)',
    );
  });

  it('finds a guard of the application that rejects permitted callers', async () => {
    class StrictMessages {
      list() {
        ran.push('list');
      }
    }
    decorateHandler(StrictMessages, 'list', RequireUser(), MessagePattern('strict'));
    Controller()(StrictMessages);
    const metadata: ModuleMetadata = {
      controllers: [StrictMessages],
      providers: [{ provide: APP_GUARD, useClass: LetsInNobody }],
    };
    // Beside HTTP, nothing says that global guards reach it.
    await expectAccess(await start(metadata)).toHold({ argsFor });
    const name = 'message strict (StrictMessages.list)';
    expect(await reviewOf(name, await startMicroservice(metadata), { argsFor })).toContain(
      'before its guard decides',
    );
  });
});
