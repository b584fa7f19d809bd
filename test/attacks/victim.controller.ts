import { Body, Controller, Get, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import {
  activeOrg,
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  orgFromBody,
  orgFromHeader,
  orgFromQuery,
  orgNameFromParam,
  PropelAuthService,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { letIn, LetInHeader } from './let-in.js';

/** A route for each way in that the attacks try. Whoever gets in is told who they are taken for. */
@Controller()
@UseInterceptors(LetInHeader)
export class VictimController {
  constructor(private readonly propelAuth: PropelAuthService) {}

  @Get('required')
  @RequireUser()
  required(@CurrentUser() user: User) {
    return { answer: letIn('required', user.userId) };
  }

  @Post('required')
  @RequireUser()
  requiredWithBody(@CurrentUser() user: User) {
    return { answer: letIn('required', user.userId) };
  }

  @Get('optional')
  @OptionalUser()
  optional(@CurrentUser() user: User | null) {
    return { answer: user === null ? 'anonymous' : letIn('optional', user.userId) };
  }

  @Get('public')
  @Public()
  public() {
    return { answer: 'anonymous' };
  }

  @Post('public')
  @Public()
  publicWithBody() {
    return { answer: 'anonymous' };
  }

  @Get('in-person')
  @DenyImpersonation()
  inPerson(@CurrentUser() user: User) {
    return { answer: letIn('in-person', user.userId) };
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  byId(@CurrentUser() user: User) {
    return { answer: letIn('org', user.userId) };
  }

  @Get('names/:orgName')
  @RequireOrgMember({ org: orgNameFromParam() })
  byName(@CurrentUser() user: User) {
    return { answer: letIn('org', user.userId) };
  }

  @Get('query')
  @RequireOrgMember({ org: orgFromQuery() })
  byQuery(@CurrentUser() user: User) {
    return { answer: letIn('org', user.userId) };
  }

  @Get('header')
  @RequireOrgMember({ org: orgFromHeader('X-Org-Id') })
  byHeader(@CurrentUser() user: User) {
    return { answer: letIn('org', user.userId) };
  }

  @Post('body')
  @RequireOrgMember({ org: orgFromBody('orgId') })
  byBody(@CurrentUser() user: User) {
    return { answer: letIn('org', user.userId) };
  }

  @Get('active')
  @RequireOrgMember({ org: activeOrg() })
  byActive(@CurrentUser() user: User) {
    return { answer: letIn('active-org', user.userId) };
  }

  @Get('owners/:orgId')
  @RequireOrgRole('Owner')
  forOwners(@CurrentUser() user: User) {
    return { answer: letIn('owner', user.userId) };
  }

  @Get('billing/:orgId')
  @RequirePermission('can_edit_billing')
  forBilling(@CurrentUser() user: User) {
    return { answer: letIn('owner', user.userId) };
  }

  /** Hands over a token that came another way, as the consumer of a queue does. */
  @Post('token')
  @HttpCode(200)
  async handOver(@Body() body: { token: string } | null | undefined) {
    const { userId } = await this.propelAuth.validateAccessToken(body?.token as string);
    return { answer: letIn('token', userId) };
  }
}

/** The class reads the path, and its handlers read other places as well. */
@Controller('two/:orgId')
@RequireOrgMember()
@UseInterceptors(LetInHeader)
export class TwoSourcesController {
  @Get('header')
  @RequireOrgRole('Owner', { org: orgFromHeader('X-Org-Id') })
  header(@CurrentUser() user: User) {
    return { answer: letIn('owner', user.userId) };
  }

  @Get('query')
  @RequireOrgRole('Owner', { org: orgFromQuery() })
  query(@CurrentUser() user: User) {
    return { answer: letIn('owner', user.userId) };
  }
}
