import {
  Controller,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Public } from 'nestjs-propelauth';
import { accessTable } from 'nestjs-propelauth/testing';
import { startGuarded } from '../support/guarded-application.js';
import { decorateHandler } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';
import { connectSocketIo } from '../support/websockets.js';

class RoomGuard implements CanActivate {
  canActivate() {
    return false;
  }
}

const guarded = Public({ guardedBy: RoomGuard });
const globalGuard = { provide: APP_GUARD, useClass: RoomGuard };
const ABSENT =
  'names a guard that does not run for it. Add @UseGuards(RoomGuard), or remove guardedBy.';

function gatewayWith(...decorators: MethodDecorator[]): Type {
  @WebSocketGateway()
  class RoomGateway {
    @SubscribeMessage('join')
    join() {
      return { event: 'join', data: 'joined' };
    }
  }
  decorateHandler(RoomGateway, 'join', ...decorators);
  return RoomGateway;
}

function messagesWith(...decorators: MethodDecorator[]): Type {
  @Controller()
  class RoomMessages {
    @MessagePattern('join')
    join() {}
  }
  decorateHandler(RoomMessages, 'join', ...decorators);
  return RoomMessages;
}

/** A handler that a library of its own kind calls. */
function commandsWith(...decorators: MethodDecorator[]): Type {
  class RoomCommands {
    @SetMetadata('some-library:command', 'join')
    join() {}
  }
  decorateHandler(RoomCommands, 'join', ...decorators);
  return RoomCommands;
}

describe('The guard of an event of a gateway that @Public({ guardedBy }) names', () => {
  it('runs where startup finds it', async () => {
    const gateway = gatewayWith(guarded, UseGuards(RoomGuard));
    const application = await startGuarded({ providers: [gateway] });
    const client = connectSocketIo(application);
    expect(await client.ask('join')).toMatchObject({ event: 'exception' });
    expect(accessTable(application.app)).toEqual({ 'event join': 'public, guarded by RoomGuard' });
  });
});

/** What startup says of an application with this class, which is a controller or a provider. */
function startError(type: Type, others: Provider[] = []): Promise<string> {
  return messageOf(
    type.name === 'RoomMessages'
      ? startGuarded({ controllers: [type], providers: others })
      : startGuarded({ providers: [type, ...others] }),
  );
}

describe('Startup with @Public({ guardedBy }) and without the guard', () => {
  it.each([
    ['RoomGateway.join (WebSocket message)', gatewayWith],
    ['RoomMessages.join (message)', messagesWith],
    ['RoomCommands.join', commandsWith],
  ])('fails for %s, also if the guard is global', async (name, typeWith) => {
    const finding = `${name}: @Public({ guardedBy: RoomGuard }) ${ABSENT}`;
    expect((await startError(typeWith(guarded))).split('\n- ').slice(1)).toEqual([finding]);
    expect(await startError(typeWith(guarded), [globalGuard])).toContain(finding);
    expect(await startError(typeWith(guarded, UseGuards(RoomGuard)))).toBe('');
  });

  it('fails for handleConnection, for which Nest runs no guards', async () => {
    @WebSocketGateway()
    class RoomGateway {
      @guarded
      @UseGuards(RoomGuard)
      handleConnection() {}
    }
    expect(await startError(RoomGateway)).toContain(
      'RoomGateway.handleConnection: @Public({ guardedBy: RoomGuard }) has no effect on a method that handles no requests',
    );
  });

  it('fails for a handler of a class that a factory provides, for which Nest calls no guard classes', async () => {
    const commands = commandsWith(guarded, UseGuards(RoomGuard));
    const provider = { provide: commands, useFactory: () => new commands() };
    expect(await messageOf(startGuarded({ providers: [provider] }))).toContain(
      'RoomCommands.join: @Public({ guardedBy: RoomGuard }) names a guard, but Nest does not call guard classes for a class that',
    );
  });
});
