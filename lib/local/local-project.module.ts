import { Module, type DynamicModule } from '@nestjs/common';
import { AllowedOrigins } from './access/allowed-origins.js';
import { LocalEntrance } from './access/local-entrance.js';
import { LocalSecret } from './access/local-secret.js';
import { AuthorizationServer } from './mcp/authorization-server.js';
import { McpEndpoints } from './mcp/mcp-endpoints.js';
import { mcpParts } from './mcp/mcp-parts.js';
import type { LocalOptions } from './local-options.js';
import { LocalProject } from './local-project.js';
import { ReturnAddresses } from './front-end/return-addresses.js';
import { LocalSessions } from './session/local-sessions.js';
import { loadProjectState, projectIdOf, type ProjectState } from './project-state.js';

const PROJECT_STATE = Symbol('PROJECT_STATE');

/** Provides the project to the module that verifies tokens and to the one that issues them. */
@Module({})
export class LocalProjectModule {
  static of(options: LocalOptions): DynamicModule {
    const { origin, seed, secret, allowedOrigins, mcp } = options;
    const projectId = projectIdOf(origin);
    return {
      module: LocalProjectModule,
      providers: [
        { provide: PROJECT_STATE, useFactory: () => loadProjectState(projectId) },
        {
          provide: LocalProject,
          inject: [PROJECT_STATE],
          useFactory: ({ keys }: ProjectState) => new LocalProject(origin, seed, keys),
        },
        {
          provide: LocalSecret,
          inject: [PROJECT_STATE],
          useFactory: (state: ProjectState) =>
            new LocalSecret(secret ?? state.readSecret(), origin, projectId),
        },
        { provide: AllowedOrigins, useFactory: () => new AllowedOrigins(origin, allowedOrigins) },
        {
          provide: LocalSessions,
          inject: [LocalProject, LocalSecret],
          useFactory: (project: LocalProject, localSecret: LocalSecret) =>
            new LocalSessions(project, localSecret, projectId),
        },
        {
          provide: ReturnAddresses,
          inject: [AllowedOrigins],
          useFactory: (origins: AllowedOrigins) => new ReturnAddresses(origins),
        },
        LocalEntrance,
        ...mcpParts(options, projectId),
      ],
      exports: [
        LocalProject,
        LocalSecret,
        AllowedOrigins,
        LocalSessions,
        ReturnAddresses,
        LocalEntrance,
        ...(mcp === undefined ? [] : [AuthorizationServer, McpEndpoints]),
      ],
    };
  }
}
