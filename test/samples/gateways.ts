import { Controller, Get, Module } from '@nestjs/common';
import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import {
  orgFromMessage,
  PropelAuthModule,
  PropelAuthService,
  Public,
  RequireOrgMember,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { from, map, type Observable } from 'rxjs';
import { settings } from './settings.js';

/** 02-gateways: a gateway beside an HTTP route. */

@WebSocketGateway({ cors: { origin: '*' } })
class EventsGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async handleConnection(client: object) {
    await this.propelAuth.authenticateConnection(client);
  }

  @SubscribeMessage('events')
  findAll(): Observable<WsResponse<number>> {
    return from([1, 2, 3]).pipe(map((data) => ({ event: 'events', data })));
  }

  @SubscribeMessage('identity')
  @Public()
  identity(@MessageBody() data: number) {
    return { event: 'identity', data };
  }

  @SubscribeMessage('events of org')
  @RequireOrgMember({ org: orgFromMessage('orgId') })
  findAllOfOrg(): WsResponse<number> {
    return { event: 'events of org', data: 1 };
  }
}

@Controller()
class AppController {
  @Get()
  @Public()
  index() {
    return 'A page that connects to the gateway';
  }
}

@Module({
  imports: [PropelAuthModule.forRoot(settings)],
  controllers: [AppController],
  providers: [EventsGateway],
})
export class GatewaysModule {}

export const gatewaysAccess: AccessTable = {
  'GET /': 'public',
  'event events': 'user',
  'event identity': 'public',
  'event events of org': 'members of the org in message orgId',
};
