import { Injectable, Optional } from '@nestjs/common';
import { LocalEntrance } from './access/local-entrance.js';
import { LocalSecret } from './access/local-secret.js';
import { ApplicationAccess } from './application-access.js';
import { LogoutRequest } from './front-end/logout-request.js';
import { ShortPaths } from './front-end/short-paths.js';
import { McpEndpoints } from './mcp/mcp-endpoints.js';
import { LocalProject } from './local-project.js';

/** What `forRoot()` sets up: one token for all that `LocalPropelAuthModule` depends on. */
@Injectable()
export class LocalParts {
  constructor(
    readonly project: LocalProject,
    readonly secret: LocalSecret,
    readonly entrance: LocalEntrance,
    readonly access: ApplicationAccess,
    readonly logout: LogoutRequest,
    readonly shortPaths: ShortPaths,
    @Optional() readonly mcp?: McpEndpoints,
  ) {}
}
