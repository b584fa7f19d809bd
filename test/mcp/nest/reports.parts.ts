import {
  McpController,
  Prompt,
  Resource,
  ResourceTemplate,
  Tool,
  type McpContext,
} from '@rekog/mcp-nest';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  CurrentOrg,
  CurrentUser,
  orgFromMessage,
  Public,
  RequireOrgRole,
  RequirePermission,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import {
  CurrentMcpToken,
  RequireMcpToken,
  RequireScope,
  type McpToken,
} from 'nestjs-propelauth/mcp';
import { z } from 'zod';

/** Which handlers have run. */
export const calls: string[] = [];

function called(name: string): string {
  calls.push(name);
  return name;
}

/** What everyone may call who passes the rules of the controller in front. */
@McpController()
@Public()
export class OpenReports {
  @Tool({ name: 'hello', description: 'Open to all.' })
  hello() {
    return called('hello');
  }

  @Resource({ uri: 'reports://open', name: 'open', description: '', mimeType: 'text/plain' })
  open() {
    called('open');
    return { contents: [{ uri: 'reports://open', text: 'open' }] };
  }

  @Prompt({ name: 'greet', description: 'Open to all.' })
  greet() {
    called('greet');
    return { messages: [{ role: 'user', content: { type: 'text', text: 'Hello.' } }] };
  }
}

/** What MCP clients may call in most tests, under each kind of rule. */
@McpController()
export class Reports {
  @Tool({ name: 'whoami', description: 'Says who calls.' })
  @RequireMcpToken()
  whoami(@CurrentMcpToken() token: McpToken) {
    called('whoami');
    return token;
  }

  @RequireScope('read:reports')
  @Tool({ name: 'read_reports', description: 'With a scope.' })
  read() {
    return called('read_reports');
  }

  @Tool({
    name: 'edit_reports',
    description: 'With a role.',
    parameters: z.object({ text: z.string().optional() }),
  })
  @RequireOrgRole('Admin')
  edit(@Payload() _args: object, @Ctx() _context: McpContext, @CurrentOrg() org: OrgMemberInfo) {
    called('edit_reports');
    return org.orgId;
  }

  @Tool({
    name: 'bill',
    description: 'With a permission, a scope and an organization.',
    parameters: z.object({ orgId: z.string().optional() }),
  })
  @RequireScope('write:reports')
  @RequirePermission('can_edit_billing', { org: orgFromMessage('orgId') })
  bill(@CurrentUser() user: User) {
    called('bill');
    return user.email;
  }

  @Resource({ uri: 'reports://all', name: 'all', description: '', mimeType: 'text/plain' })
  @RequireScope('read:reports')
  all() {
    called('all');
    return { contents: [{ uri: 'reports://all', text: 'all' }] };
  }

  @ResourceTemplate({
    uriTemplate: 'items://reports/{id}',
    name: 'one',
    description: '',
    mimeType: 'text/plain',
  })
  @RequireScope('read:reports')
  one(@Payload('id') id: string) {
    called(`one ${id}`);
    return { contents: [{ uri: `items://reports/${id}`, text: id }] };
  }

  @Prompt({ name: 'summarize', description: 'With a role.' })
  @RequireOrgRole('Owner')
  summarize() {
    called('summarize');
    return { messages: [{ role: 'user', content: { type: 'text', text: 'Summarize.' } }] };
  }
}
