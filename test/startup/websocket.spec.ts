import { Scope, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentUser,
  orgFromHeader,
  orgFromMessage,
  PropelAuthGuard,
  PropelAuthModule,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { failureOf, startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { alice } from '../support/project.js';
import { messageOf } from '../support/start-error.js';
import { connectSocketIo, exception } from '../support/websockets.js';

function startError(gateway: Type): Promise<string> {
  const forRoot = PropelAuthModule.forRoot(issuer.moduleOptions);
  return messageOf(startApplication({ imports: [forRoot], providers: [gateway] }));
}

describe('The audit of gateways', () => {
  it('finds a rule that reads the organization from the path', async () => {
    @WebSocketGateway()
    class ReportsGateway {
      @SubscribeMessage('path')
      @RequireOrgMember()
      path() {}

      @SubscribeMessage('message')
      @RequireOrgMember({ org: orgFromMessage() })
      message() {}

      @SubscribeMessage('header')
      @RequireOrgMember({ org: orgFromHeader('x-org-id') })
      header() {}
    }
    const message = await startError(ReportsGateway);
    expect(message).toContain('ReportsGateway.path (WebSocket message)');
    expect(message).toContain('orgFromMessage()');
    expect(message.split('\n- ')).toHaveLength(2);
  });

  it('finds @CurrentUser() on a handler without a guard', async () => {
    @WebSocketGateway()
    class OpenGateway {
      @SubscribeMessage('open')
      open(@CurrentUser() _user: unknown) {}
    }
    expect(await startError(OpenGateway)).toContain('OpenGateway.open (WebSocket message)');
  });

  it('finds a rule on handleConnection, for which Nest runs no guards', async () => {
    @WebSocketGateway()
    class ConnectionGateway {
      @RequireUser()
      handleConnection() {}

      @SubscribeMessage('me')
      @RequireUser()
      me() {}
    }
    const message = await startError(ConnectionGateway);
    expect(message).toContain('ConnectionGateway.handleConnection');
    expect(message).not.toContain('ConnectionGateway.me');
  });

  it('finds a rule on a message handler of a class that is not a gateway', async () => {
    class NoGateway {
      @SubscribeMessage('me')
      @RequireUser()
      me() {}
    }
    expect(await startError(NoGateway)).toContain('NoGateway.me');
  });

  it('accepts a rule on a class whose handlers are inherited', async () => {
    abstract class Messages {
      @SubscribeMessage('hello')
      hello() {
        return { event: 'hello', data: 'Hello' };
      }
    }
    @WebSocketGateway()
    @RequireUser()
    class HelloGateway extends Messages {}
    const forRoot = PropelAuthModule.forRoot(issuer.moduleOptions);
    const application = await startApplication({ imports: [forRoot], providers: [HelloGateway] });
    const stranger = connectSocketIo(application);
    const user = connectSocketIo(application, { auth: { token: await issuer.accessToken(alice) } });
    expect(await stranger.ask('hello')).toEqual(exception('token_missing', 'hello'));
    expect(await user.ask('hello')).toEqual({ event: 'hello', data: 'Hello' });
  });
});

describe('A request-scoped global guard', () => {
  it.each([Scope.REQUEST, Scope.TRANSIENT])(
    'fails startup with a gateway without a rule, because Nest does not call the guard there: scope %s',
    async (scope) => {
      @WebSocketGateway()
      class OpenGateway {
        @SubscribeMessage('list')
        list() {}
      }
      const starting = startApplication({
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        providers: [OpenGateway, { provide: APP_GUARD, useClass: PropelAuthGuard, scope }],
      });
      await expect(failureOf(starting)).resolves.toMatchObject({
        message: expect.stringContaining('the global guard does not reach gateways'),
      });
    },
  );
});
