import { Controller, Get, Post } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  orgFromHeader,
  orgFromParam,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type McpToken,
  type User,
} from 'nestjs-propelauth';
import { CurrentMcpToken, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';

/** An MCP server by hand: each handler returns what it knows of its caller. */
@Controller('mcp')
@RequireMcpToken()
export class McpController {
  @Post()
  token(@CurrentMcpToken() token: McpToken, @CurrentMcpToken('userId') userId: string) {
    return { token, userId, isFrozen: Object.isFrozen(token) && Object.isFrozen(token.scopes) };
  }

  @Post('reports')
  @RequireScope('read:reports')
  reports(@CurrentMcpToken('clientId') clientId: string) {
    return { clientId };
  }

  @Post('reports/new')
  @RequireMcpToken({ scopes: ['read:reports'] })
  @RequireScope('write:reports')
  write() {}

  @Post('me')
  me(@CurrentUser() user: User) {
    return { userId: user.userId, orgIds: user.getOrgs().map(({ orgId }) => orgId) };
  }

  @Post('member')
  @RequireScope('read:reports')
  @RequireOrgMember()
  member(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Post('admin')
  @RequireOrgRole('Admin')
  admin(@CurrentOrg() { orgId, assignedRole }: { orgId: string; assignedRole: string }) {
    return { orgId, assignedRole };
  }

  @Post('billing')
  @RequirePermission('can_view_billing')
  billing() {}

  @Post('orgs/:orgId')
  @RequireOrgMember({ org: orgFromParam() })
  orgInPath(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Post('orgs/:orgId/both')
  @RequireOrgMember({ org: orgFromParam() })
  orgInBoth(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Get('public')
  @Public()
  public() {}

  @Get('user')
  @RequireUser()
  user() {}
}

/** A class whose organization rule looks at the token, and a method whose rule looks elsewhere. */
@Controller('mcp-in-header')
@RequireMcpToken()
@RequireOrgMember()
export class McpInHeaderController {
  @Post()
  @RequireOrgRole('Member', { org: orgFromHeader('x-org-id') })
  handle() {}
}
