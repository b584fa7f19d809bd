import { McpController, Tool } from '@rekog/mcp-nest';
import { RequireOrgMember } from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import { TasksService } from '../tasks/tasks.service.js';

@McpController()
export class TasksTools {
  constructor(private readonly tasks: TasksService) {}

  @Tool({ name: 'list_tasks', description: 'Lists the open tasks of the organization' })
  @RequireScope('read:tasks')
  @RequireOrgMember()
  async list() {
    return { tasks: await this.tasks.listOpen() };
  }
}
