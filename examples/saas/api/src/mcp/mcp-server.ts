import { Controller } from '@nestjs/common';
import { McpHttpControllerFor, McpStrategy, StreamableHttpTransport } from '@rekog/mcp-nest';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';

const transport = new StreamableHttpTransport();

/** A strategy belongs to one application. Tests start several, so each gets its own. */
export function createMcpServer(): McpStrategy {
  return new McpStrategy({ name: 'tasks', version: '1.0.0', transports: [transport] });
}

/** The address that assistants connect to. Without a token they get 401, which tells them where to sign in. */
@Controller('mcp')
@RequireMcpToken()
export class McpEndpoint extends McpHttpControllerFor(transport) {}
