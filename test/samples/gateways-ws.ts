import { type INestApplication, Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import {
  orgFromMessage,
  PropelAuthModule,
  PropelAuthService,
  RequireOrgMember,
  RequireOrgRole,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 16-gateways-ws: a gateway over plain WebSockets. */

@WebSocketGateway()
@RequireOrgMember({ org: orgFromMessage('orgId') })
class EventsGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async handleConnection(client: object) {
    await this.propelAuth.authenticateConnection(client);
  }

  @SubscribeMessage('events')
  onEvent(@MessageBody() data: object) {
    return { event: 'events', data };
  }

  @SubscribeMessage('reset')
  @RequireOrgRole('Admin')
  onReset() {
    return { event: 'reset', data: {} };
  }
}

@Module({ imports: [PropelAuthModule.forRoot(settings)], providers: [EventsGateway] })
export class GatewaysWsModule {}

/** As its main.ts does. */
export function prepareGatewaysWs(app: INestApplication): void {
  app.useWebSocketAdapter(new WsAdapter(app));
}

export const gatewaysWsAccess: AccessTable = {
  'event events': 'members of the org in message orgId',
  'event reset': 'Admin and above of the org in message orgId',
};
