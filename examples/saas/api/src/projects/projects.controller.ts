import { Body, Controller, Get, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { RequireOrgMember, RequireOrgRole, RequirePermission } from 'nestjs-propelauth';
import { z } from 'zod';
import { line } from '../line.js';
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

  @Post()
  @RequireOrgRole('Admin')
  create(@Body({ schema: newProject }) { name }: z.infer<typeof newProject>) {
    return this.projects.create(name);
  }

  @Post(':projectId/archive')
  @RequirePermission('can_archive_projects')
  archive(@Param('projectId', ParseUUIDPipe) projectId: string) {
    return this.projects.archive(projectId);
  }
}
