import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
} from '@nestjs/websockets';
import {
  CurrentOrg,
  CurrentUser,
  orgFromMessage,
  OrgMemberInfo,
  PropelAuthService,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  User,
} from 'nestjs-propelauth';

@WebSocketGateway()
export class ReportsGateway implements OnGatewayConnection {
  private readonly reports = new Map<string, string[]>();

  constructor(private readonly propelAuth: PropelAuthService) {}

  /** Disconnects clients without a valid token. */
  async handleConnection(client: object) {
    await this.propelAuth.authenticateConnection(client);
  }

  @SubscribeMessage('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return { event: 'me', data: { email: user.email } };
  }

  @SubscribeMessage('reports.list')
  @RequireOrgMember({ org: orgFromMessage('orgId') })
  list(@CurrentOrg() org: OrgMemberInfo) {
    return { event: 'reports.list', data: this.reports.get(org.orgId) ?? [] };
  }

  @SubscribeMessage('reports.create')
  @RequireOrgRole('Admin', { org: orgFromMessage('orgId') })
  create(@CurrentOrg() org: OrgMemberInfo, @MessageBody('title') title: unknown) {
    if (typeof title !== 'string') throw new WsException('title must be a string.');
    this.reports.set(org.orgId, [...(this.reports.get(org.orgId) ?? []), title]);
    return { event: 'reports.create', data: { title } };
  }
}
