import { Controller, Get, Injectable, type ExecutionContext } from '@nestjs/common';
import {
  activeOrg,
  CurrentAccount,
  CurrentApiKey,
  CurrentCaller,
  CurrentOrg,
  CurrentUser,
  getCurrentAccount,
  getCurrentCaller,
  getCurrentUser,
  OnPropelAuthEvent,
  orgFromParam,
  PropelAuthApi,
  PropelAuthModule,
  PropelAuthService,
  RequireOrgRole,
  tokenFromCookie,
  type AccessDecisionEvent,
  type ApiKey,
  type Caller,
  type OrgMemberInfo,
  type PropelAuthEvent,
  type User,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { CurrentMcpToken, mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';

declare module 'nestjs-propelauth' {
  interface PropelAuthTypes {
    callers: { service: { id: string } };
    account: { plan: string };
    role: 'Admin' | 'Member';
    permission: 'can_export';
    userProperties: { tier: string };
  }
}

// What an application exports without saying its type, as most do. The compiler writes the types into its declarations.

export const source = orgFromParam();
export const sources = [source, activeOrg()];
export const token = tokenFromCookie('session');
export const admins = RequireOrgRole('Admin');
export const roleRule = RequireOrgRole;
export const mcpRule = RequireMcpToken();
export const parameters = [CurrentUser, CurrentCaller, CurrentMcpToken, CurrentAccount];
export const eventHandler = OnPropelAuthEvent('user.created');
export const plugins = [liveAccess(), mcpServer, telemetry];
export const testing = { expectAccess, overridePropelAuth, issuer: () => TestIssuer.create() };
export const imported = PropelAuthModule.forRoot({ authUrl: '', apiKey: '' });
export const callerOf = (context: ExecutionContext) => getCurrentCaller(context);
export const userOf = (context: ExecutionContext) => getCurrentUser(context);
export const accountOf = (context: ExecutionContext) => getCurrentAccount(context);

@Injectable()
export class Services {
  constructor(
    private readonly propelAuth: PropelAuthService,
    private readonly api: PropelAuthApi,
    private readonly caller: CallerContext,
  ) {}

  validate(accessToken: string) {
    return this.propelAuth.validateAccessToken(accessToken);
  }

  identify(context: ExecutionContext) {
    return this.propelAuth.identify(context);
  }

  users() {
    return this.api.fetchUsersByQuery({});
  }

  org() {
    return this.caller.requireOrg();
  }

  orgId() {
    return this.caller.requireOrg().orgId;
  }

  copy() {
    return { ...this.caller.requireOrg() }; // oxlint-disable-line typescript/no-misused-spread -- a copy of the data
  }

  created(event: PropelAuthEvent) {
    return event.event_type === 'user.created' ? event : null;
  }

  joined(event: PropelAuthEvent<'user.added_to_org'>) {
    return { ...event };
  }

  logged(event: AccessDecisionEvent) {
    return { ...event };
  }
}

@Controller()
export class ReportsController {
  @Get('caller')
  who(@CurrentCaller() caller: Caller) {
    return caller.kind === 'service' ? caller : null;
  }

  @Get('identity')
  identity(@CurrentCaller() caller: Caller) {
    return caller.kind === 'service' ? caller.identity : null;
  }

  @Get('user')
  user(@CurrentUser() user: User) {
    return { user, properties: user.properties, orgs: user.getOrgs() };
  }

  @Get('org')
  org(@CurrentOrg() org: OrgMemberInfo) {
    return { org, role: org.assignedRole, permissions: org.permissions };
  }

  @Get('key')
  key(@CurrentApiKey() key: ApiKey) {
    return { key, org: key.org, user: key.user };
  }
}
