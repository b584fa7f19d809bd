import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import {
  orgFromMessage,
  PropelAuthService,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  tokenFromHeader,
  type TokenSource,
} from 'nestjs-propelauth';
import type { AccessCase } from '../support/removed-rules/access-case.js';
import { propelAuth } from './settings.js';

@Injectable()
class Connections implements OnGatewayConnection {
  constructor(private readonly service: PropelAuthService) {}

  async handleConnection(client: object) {
    await this.service.authenticateConnection(client);
  }
}

/** 02-gateways: a gateway beside an HTTP route. */
@WebSocketGateway({ cors: { origin: '*' } })
class SocketIoGateway extends Connections {
  @SubscribeMessage('events')
  findAll() {}

  @SubscribeMessage('identity')
  @Public()
  identity(@MessageBody() _data: number) {}

  @SubscribeMessage('events of org')
  @RequireOrgMember({ org: orgFromMessage('orgId') })
  findAllOfOrg() {}
}

@Controller()
class PageController {
  @Get()
  @Public()
  index() {}
}

@Module({
  imports: [propelAuth()],
  controllers: [PageController],
  providers: [SocketIoGateway],
})
class SocketIoModule {}

/** 16-gateways-ws: a gateway over plain WebSockets. */
@WebSocketGateway()
@RequireOrgMember({ org: orgFromMessage('orgId') })
class NativeGateway extends Connections {
  @SubscribeMessage('events')
  onEvent(@MessageBody() _data: object) {}

  @SubscribeMessage('reset')
  @RequireOrgRole('Admin')
  onReset() {}
}

@Module({ imports: [propelAuth()], providers: [NativeGateway] })
class NativeModule {}

const fromHeader = tokenFromHeader();

/** Messages have no headers over TCP, so that their data has the token. */
const tokenSource: TokenSource = (context) =>
  context.getType() === 'rpc'
    ? context.switchToRpc().getData<{ accessToken?: string }>().accessToken
    : fromHeader(context);

/** 03-microservices: a message beside an HTTP route. */
@Controller()
class MathController {
  @Get()
  @Public()
  execute() {}

  @MessagePattern('sum')
  sum(@Payload() _data: object) {}

  @MessagePattern('sum of org')
  @RequireOrgMember({ org: orgFromMessage('orgId') })
  sumOfOrg(@Payload() _data: object) {}
}

@Module({ imports: [propelAuth({ tokenSource })], controllers: [MathController] })
class MicroservicesModule {}

export const MESSAGES: readonly AccessCase[] = [
  {
    name: 'Nest’s sample over socket.io',
    imports: [SocketIoModule],
    table: {
      'GET /': 'public',
      'event events': 'user',
      'event identity': 'public',
      'event events of org': 'members of the org in message orgId',
    },
  },
  {
    name: 'Nest’s sample over plain WebSockets',
    imports: [NativeModule],
    prepare: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    table: {
      'event events': 'members of the org in message orgId',
      'event reset': 'Admin and above of the org in message orgId',
    },
  },
  {
    name: 'Nest’s sample of microservices',
    imports: [MicroservicesModule],
    prepare: (app) =>
      app.connectMicroservice(
        { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
        { inheritAppConfig: true },
      ),
    table: {
      'GET /': 'public',
      'message sum': 'user',
      'message sum of org': 'members of the org in message orgId',
    },
  },
];
