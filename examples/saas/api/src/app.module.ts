import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { ClsModule } from 'nestjs-cls';
import { PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { Cleanup } from './cleanup.js';
import { Database } from './database/database.service.js';
import { HealthController } from './health.controller.js';
import { McpEndpoint } from './mcp/mcp-server.js';
import { TasksTools } from './mcp/tasks.tools.js';
import { PlanRule } from './plan.rule.js';
import { ProjectLeadRule } from './projects/project-lead.rule.js';
import { ProjectsController } from './projects/projects.controller.js';
import { ProjectsService } from './projects/projects.service.js';
import { propelAuth } from './propelauth.module.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TasksService } from './tasks/tasks.service.js';

@Module({
  imports: [propelAuth, ClsModule.forRoot({ plugins: [new PropelAuthClsPlugin()] })],
  controllers: [HealthController, ProjectsController, TasksController, McpEndpoint, TasksTools],
  providers: [
    Database,
    ProjectsService,
    TasksService,
    Cleanup,
    PlanRule,
    ProjectLeadRule,
    { provide: APP_PIPE, useClass: StandardSchemaValidationPipe },
  ],
})
export class AppModule {}
