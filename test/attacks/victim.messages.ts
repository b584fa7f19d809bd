import type { IncomingMessage } from 'node:http';
import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import {
  CurrentUser,
  orgFromMessage,
  PropelAuthService,
  Public,
  RequireOrgMember,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { letIn } from './let-in.js';

/** Handlers of messages over a socket. Everybody may connect. */
@WebSocketGateway()
export class VictimGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async handleConnection(client: object, request?: IncomingMessage): Promise<void> {
    if (request?.headers.authorization === undefined) return;
    await this.propelAuth.authenticateConnection(client, request);
  }

  @SubscribeMessage('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return { event: 'me', data: letIn('required', user.userId) };
  }

  @SubscribeMessage('reports')
  @RequireOrgMember({ org: orgFromMessage() })
  reports(@CurrentUser() user: User) {
    return { event: 'reports', data: letIn('org', user.userId) };
  }

  @SubscribeMessage('public')
  @Public()
  public() {
    return { event: 'public', data: 'anonymous' };
  }
}

/** Handlers of a microservice. */
@Controller()
export class VictimMessages {
  @MessagePattern('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return letIn('required', user.userId);
  }

  @MessagePattern('reports')
  @RequireOrgMember({ org: orgFromMessage() })
  reports(@CurrentUser() user: User) {
    return letIn('org', user.userId);
  }
}
