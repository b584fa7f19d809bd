import type { IncomingMessage } from 'node:http';
import { OnGatewayConnection, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentOrg,
  orgFromMessage,
  OrgMemberInfo,
  PropelAuthService,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';

/** A client of socket.io knows the headers of its handshake; of one of `ws` only the upgrade request does. */
interface Client {
  handshake: Pick<IncomingMessage, 'headers'>;
}

/** Also talks to strangers, but not to those who bring a wrong token. */
@WebSocketGateway()
export class ReportsGateway implements OnGatewayConnection {
  constructor(
    private readonly propelAuth: PropelAuthService,
    private readonly caller: CallerContext,
  ) {}

  async handleConnection(client: Client, request?: IncomingMessage) {
    const { headers } = request ?? client.handshake;
    if (headers.authorization === undefined) return;
    await this.propelAuth.authenticateConnection(client, request);
  }

  @SubscribeMessage('me')
  @RequireUser()
  me() {
    return { event: 'me', data: this.caller.requireUser().userId };
  }

  @SubscribeMessage('reports')
  @RequireOrgRole('Admin', { org: orgFromMessage() })
  reports(@CurrentOrg() org: OrgMemberInfo) {
    return { event: 'reports', data: org.orgName };
  }
}
