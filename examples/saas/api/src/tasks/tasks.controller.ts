import { Body, Controller, Get, Param, ParseUUIDPipe, Patch, Post, Put } from '@nestjs/common';
import { CurrentUser, RequireOrgMember, RequireUserOrApiKey, User } from 'nestjs-propelauth';
import { z } from 'zod';
import { line } from '../line.js';
import { TasksService } from './tasks.service.js';

const newTask = z.object({ title: line(200) });
const change = z.object({ done: z.boolean() });

@Controller('orgs/:orgId/projects/:projectId/tasks')
@RequireOrgMember()
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Get()
  list(@Param('projectId', ParseUUIDPipe) projectId: string) {
    return this.tasks.list(projectId);
  }

  @Post() // Members in the browser, and the API key of the organization's CI
  @RequireUserOrApiKey({ kind: 'org' })
  create(
    @Param('projectId', ParseUUIDPipe) projectId: string,
    @Body({ schema: newTask }) { title }: z.infer<typeof newTask>,
  ) {
    return this.tasks.create(projectId, title);
  }

  @Patch(':taskId')
  update(
    @Param('projectId', ParseUUIDPipe) projectId: string,
    @Param('taskId', ParseUUIDPipe) taskId: string,
    @Body({ schema: change }) { done }: z.infer<typeof change>,
  ) {
    return this.tasks.update(projectId, taskId, { done });
  }

  @Put(':taskId/assignee')
  assignToMe(
    @Param('projectId', ParseUUIDPipe) projectId: string,
    @Param('taskId', ParseUUIDPipe) taskId: string,
    @CurrentUser() user: User,
  ) {
    return this.tasks.update(projectId, taskId, { assigneeId: user.userId });
  }
}
