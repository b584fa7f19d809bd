import { McpController, Tool } from '@rekog/mcp-nest';
import { CurrentUser, Public, RequireOrgMember, activeOrg, type User } from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { callOf, startMcpServer, textOf, type McpServerOfTest } from '../support/mcp-nest.js';
import { ACME_ID } from '../support/project.js';
import { alice } from '../mcp/nest/users.js';
import { clsModule, everywhere, PLACES, ReportsService } from './places.js';
import { CallerContext } from 'nestjs-propelauth/cls';

@McpController()
class ReportsTools {
  constructor(
    private readonly service: ReportsService,
    private readonly caller: CallerContext,
  ) {}

  @Tool({ name: 'plain', description: 'Without a rule of its own.' })
  @RequireMcpToken()
  plain() {
    return this.service.places();
  }

  @Tool({ name: 'of_user', description: 'Takes the user.' })
  @RequireMcpToken()
  ofUser(@CurrentUser() _user: User) {
    return this.service
      .places()
      .then((places) => ({ ...places, userId: this.caller.requireUser().userId }));
  }

  @Tool({ name: 'of_org', description: 'In an organization.' })
  @RequireOrgMember({ org: activeOrg() })
  ofOrg() {
    return this.service.places();
  }

  @Tool({ name: 'open', description: 'Open to all.' })
  @Public()
  open() {
    return this.service.places();
  }

  @Tool({ name: 'needs_user', description: 'Needs a user who was not asked for.' })
  @RequireMcpToken()
  needsUser() {
    return this.caller.requireUser();
  }
}

const mcpOfAlice = `mcp ${alice.userId}`;

describe('CallerContext in tools of mcp-nest', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([ReportsTools], {
      endpoint: [Public()],
      metadata: { imports: [clsModule()], providers: PLACES },
    });
  });

  it.each<[string, object]>([
    ['plain', everywhere(mcpOfAlice)],
    ['of_user', { ...everywhere(mcpOfAlice), userId: alice.userId }],
    ['of_org', everywhere(`${mcpOfAlice} in ${ACME_ID}`)],
    ['open', everywhere('nobody')],
  ])('is the client that calls the tool: %s', async (name, found) => {
    const { body } = await server.send(callOf(name), { token: server.token(alice) });
    expect(JSON.parse(textOf(body))).toEqual(found);
  });

  it('has no user if no rule or parameter needs one, and requireUser() is an error of the tool', async () => {
    const { status, body } = await server.send(callOf('needs_user'), {
      token: server.token(alice),
    });
    expect(status).toBe(200);
    expect(body.result).toMatchObject({ isError: true });
    expect(textOf(body)).toMatch(/Unauthorized/);
  });
});
