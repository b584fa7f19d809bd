import type { IncomingMessage } from 'node:http';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import {
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  orgFromMessage,
  PropelAuthService,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { CurrentCaller, type Caller } from '../../support/routes.js';

/** A gateway with one handler of each mode. It lets everybody connect. */
@WebSocketGateway()
export class GuardedGateway {
  @SubscribeMessage('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return { event: 'me', data: user.userId };
  }

  @SubscribeMessage('visitor')
  @OptionalUser()
  visitor(@CurrentUser() user: User | null) {
    return { event: 'visitor', data: user?.userId ?? null };
  }

  @SubscribeMessage('public')
  @Public()
  public(@CurrentCaller() caller: Caller) {
    return { event: 'public', data: caller };
  }

  @SubscribeMessage('reports')
  @RequireOrgMember({ org: orgFromMessage() })
  reports(@MessageBody() body: { orgId: string }, @CurrentOrg() org: OrgMemberInfo) {
    return { event: 'reports', data: [body.orgId, org.orgId] };
  }

  @SubscribeMessage('admin')
  @RequireOrgRole('Admin', { org: orgFromMessage('filter.orgId') })
  admin(@CurrentOrg('orgId') orgId: string) {
    return { event: 'admin', data: orgId };
  }

  @SubscribeMessage('undecorated')
  undecorated(@CurrentCaller() caller: Caller) {
    return { event: 'undecorated', data: caller };
  }
}

/** The same, which lets those connect who have a valid token or none. */
@WebSocketGateway()
export class OpenGateway extends GuardedGateway implements OnGatewayConnection {
  constructor(protected readonly propelAuth: PropelAuthService) {
    super();
  }

  async handleConnection(client: object, request?: IncomingMessage): Promise<void> {
    const { authorization, ...others } = request?.headers ?? {};
    if (authorization === undefined && !('sec-websocket-protocol' in others)) return;
    await this.propelAuth.authenticateConnection(client, request);
  }
}

/** The same for those only who have a valid token. */
@WebSocketGateway()
export class ClosedGateway extends OpenGateway {
  override async handleConnection(client: object, request?: IncomingMessage): Promise<void> {
    await this.propelAuth.authenticateConnection(client, request);
  }
}
