import './example-environment.js';
import type { INestApplication } from '@nestjs/common';
import { AppModule as BasicModule } from '../../../examples/basic/src/app.module.js';
import { AppModule as GraphqlModule } from '../../../examples/graphql/src/app.module.js';
import { AppModule as McpModule } from '../../../examples/mcp/src/app.module.js';
import { createMcpServer } from '../../../examples/mcp/src/mcp-server.js';
import { AppModule as WebsocketsModule } from '../../../examples/websockets/src/app.module.js';
import type { AccessCase } from './access-case.js';

/** The examples as they are, but for examples/saas: it needs a database, and Drizzle, which is installed in its own folder alone. */
export const EXAMPLES: readonly AccessCase[] = [
  {
    name: 'examples/basic',
    imports: [BasicModule],
    table: {
      'GET /health': 'public',
      'GET /me': 'user',
      'GET /orgs/:orgId/reports': 'members of the org in path orgId',
      'POST /orgs/:orgId/reports': 'Admin and above of the org in path orgId',
      'GET /orgs/:orgId/reports/export':
        'organization API key: members with can_export of the org in path orgId',
    },
  },
  {
    name: 'examples/graphql',
    imports: [GraphqlModule],
    table: {
      'Query.me': 'user',
      'Query.listReports': 'members of the org in argument orgId',
      'Mutation.createReport': 'Admin and above of the org in argument orgId',
      'Report.notes': 'Owner and above of the org that the application names',
    },
  },
  {
    name: 'examples/mcp',
    imports: [McpModule],
    table: {
      'GET /mcp': 'MCP client',
      'POST /mcp': 'MCP client',
      'DELETE /mcp': 'MCP client',
      'tool report_formats': 'MCP client',
      'tool list_reports': 'MCP client: members of the org in token, with scope read:reports',
      'tool approve_report': 'MCP client: Admin and above of the org in token',
    },
    prepare: connectMcpServer,
    // An organization rule on a tool implies it.
    redundant: ['@RequireMcpToken() of ReportsController.approve'],
  },
  {
    name: 'examples/websockets',
    imports: [WebsocketsModule],
    table: {
      'event me': 'user',
      'event reports.list': 'members of the org in message orgId',
      'event reports.create': 'Admin and above of the org in message orgId',
    },
  },
];

/** As its main.ts does. */
async function connectMcpServer(app: INestApplication): Promise<void> {
  app.connectMicroservice({ strategy: createMcpServer() });
  await app.startAllMicroservices();
}
