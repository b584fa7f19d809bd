import type { IncomingMessage } from 'node:http';
import { OnGatewayConnection, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentOrg,
  CurrentUser,
  orgFromMessage,
  OrgMemberInfo,
  PropelAuthService,
  RequireOrgRole,
  RequireUser,
  User,
} from 'nestjs-propelauth';

/** A client of socket.io knows the headers of its handshake; of one of `ws` only the upgrade request does. */
interface Client {
  handshake: Pick<IncomingMessage, 'headers'>;
}

/** Also talks to strangers, but not to those who bring a wrong token. */
@WebSocketGateway()
export class ReportsGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async handleConnection(client: Client, request?: IncomingMessage) {
    const { headers } = request ?? client.handshake;
    if (headers.authorization === undefined) return;
    await this.propelAuth.authenticateConnection(client, request);
  }

  @SubscribeMessage('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return { event: 'me', data: user.userId };
  }

  @SubscribeMessage('reports')
  @RequireOrgRole('Admin', { org: orgFromMessage() })
  reports(@CurrentOrg() org: OrgMemberInfo) {
    return { event: 'reports', data: org.orgName };
  }
}
