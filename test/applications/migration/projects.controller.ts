import { Controller, Get, Post } from '@nestjs/common';
import { type Caller, CurrentCaller, RequireCaller, RequireOrgRole } from 'nestjs-propelauth';
import type { LegacyUser } from './legacy-tokens.js';

/** The id in your database: the old one, also after a user has moved. */
const ownerIdOf = ({ user, identity }: Caller): string =>
  user?.legacyUserId ?? user?.userId ?? (identity as LegacyUser).userId;

@Controller()
@RequireCaller('user', 'legacy-user')
export class ProjectsController {
  @Get('projects')
  list(@CurrentCaller() caller: Caller) {
    return { ownerId: ownerIdOf(caller) };
  }

  @Post('orgs/:orgId/projects')
  @RequireOrgRole('Admin')
  create() {
    return {};
  }
}
