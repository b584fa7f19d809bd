import { Body, Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import {
  CurrentUser,
  RequireAnyOf,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  User,
} from 'nestjs-propelauth';
import { z } from 'zod';
import { line } from '../line.js';
import { RequirePlan } from '../plan.rule.js';
import { RequireProjectLead } from './project-lead.rule.js';
import { ProjectsService } from './projects.service.js';

const newProject = z.object({ name: line(100) });

@Controller('orgs/:orgId/projects')
@RequireOrgMember()
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  list() {
    return this.projects.list();
  }

  @Get(':projectId')
  show(@Param('projectId', ParseUUIDPipe) projectId: string) {
    return this.projects.find(projectId);
  }

  @Post()
  @RequireOrgRole('Admin')
  create(
    @Body({ schema: newProject }) { name }: z.infer<typeof newProject>,
    @CurrentUser() user: User,
  ) {
    return this.projects.create(name, user.userId);
  }

  @Post(':projectId/archive')
  @RequirePlan('pro')
  @RequireAnyOf(RequirePermission('can_archive_projects'), RequireProjectLead())
  archive(@Param('projectId', ParseUUIDPipe) projectId: string) {
    return this.projects.archive(projectId);
  }
}
