import { Controller, Get, type ModuleMetadata } from '@nestjs/common';
import { RequireUser } from 'nestjs-propelauth';
import { LocalPropelAuthModule, type LocalPropelAuthOptions } from 'nestjs-propelauth/local';
import { startApplication } from '../support/application.js';
import { GuardedController, GuardedGateway, GuardedResolver } from '../support/every-transport.js';
import { graphqlModule } from '../support/graphql.js';

const ORIGIN = 'http://localhost:3000';
const SECRET = 'the-secret-of-the-tests';

/** What the application prints when it listens. */
async function printedBy(
  metadata: ModuleMetadata = {},
  options: Partial<LocalPropelAuthOptions> = {},
): Promise<string> {
  const lines: unknown[] = [];
  const logger = { log: (line: unknown) => lines.push(line), warn() {}, error() {} };
  const local = LocalPropelAuthModule.forRoot({
    enabled: true,
    origin: ORIGIN,
    secret: SECRET,
    ...options,
  });
  const imports = [local, ...(metadata.imports ?? [])];
  const application = await startApplication({ ...metadata, imports }, undefined, undefined, {
    logger,
  });
  await application.close();
  return lines.filter((line) => String(line).startsWith('The local PropelAuth runs')).join('\n');
}

/** A name that would color the console and begin a line. */
function odd(name: string): string {
  return `${name}\u001B[31m\nUsers`;
}

/** The lines below a title, up to the next empty line. */
function sectionOf(printed: string, title: string): string[] {
  const [, section = ''] = printed.split(`\n${title}\n\n`);
  return section.split('\n\n')[0]?.split('\n') ?? [];
}

describe('At startup, an application with the local module prints', () => {
  it('who may call what over each transport, without the pages of the local module', async () => {
    const printed = await printedBy(
      {
        imports: [graphqlModule()],
        controllers: [GuardedController],
        providers: [GuardedResolver, GuardedGateway],
      },
      {
        tokenSource: () => undefined,
        oauthClient: { clientId: 'docs', redirectUri: `${ORIGIN}/docs/oauth2-redirect.html` },
      },
    );
    expect(sectionOf(printed, 'Who may call what')).toEqual([
      '  GET /reports           user',
      '  Mutation.rename        members of the org in argument orgId',
      '  Query.reports          user',
      '  Report.secret          Admin and above of the org in token',
      '  event list             optional user',
      '  message {"cmd":"sum"}  public',
    ]);
  });

  it('the users with their roles and permissions, and the ids of organizations', async () => {
    const printed = await printedBy(
      {},
      {
        seed: {
          roles: [{ name: 'Owner', permissions: ['can_pay', 'can_view'] }, 'Member'],
          orgs: [{ name: 'Acme Inc', orgId: 'acce0000-0000-4000-8000-000000000000' }],
          users: [
            { name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] },
            { name: 'bob', orgs: [{ org: 'Acme Inc', role: 'Member' }] },
            { name: 'dave' },
          ],
        },
      },
    );
    expect(sectionOf(printed, 'Users')).toEqual([
      '  alice  Owner of Acme Inc (can_pay can_view)',
      '  bob    Member of Acme Inc',
      '  dave   in no organization',
    ]);
    expect(sectionOf(printed, 'Organizations')).toEqual([
      '  Acme Inc  acce0000-0000-4000-8000-000000000000',
    ]);
  });

  it('links with the secret, and no token', async () => {
    const printed = await printedBy();
    expect(printed).toContain(`\n  ${ORIGIN}/propelauth/users?local_secret=${SECRET}\n`);
    expect(printed).not.toMatch(/eyJ/);
  });

  it('at most one screen for a large application', async () => {
    class Large {}
    for (let index = 0; index < 41; index++) {
      const name = `route${String(index).padStart(2, '0')}`;
      Object.defineProperty(Large.prototype, name, { value: () => ({}), writable: true });
      const descriptor = Object.getOwnPropertyDescriptor(Large.prototype, name);
      Get(name)(Large.prototype, name, descriptor as PropertyDescriptor);
    }
    Controller()(Large);
    const users = Array.from({ length: 25 }, (_, index) => ({ name: `user${index}` }));
    const orgs = Array.from({ length: 12 }, (_, index) => ({ name: `org${index}` }));
    const printed = await printedBy({ controllers: [Large] }, { seed: { users, orgs } });
    const handlers = sectionOf(printed, 'Who may call what');
    expect(handlers.slice(29)).toEqual([
      '  GET /route29  open',
      '  … and 11 more: describeAccess(app) lists all',
    ]);
    expect(sectionOf(printed, 'Users').slice(9)).toEqual([
      '  user9  in no organization',
      '  … and 15 more: the page below lists all',
    ]);
    expect(sectionOf(printed, 'Organizations').slice(10)).toEqual([
      '  … and 2 more: the page below lists those of users',
    ]);
  });

  it('a few of the organizations and permissions of a user with many', async () => {
    const numbers = Array.from({ length: 9 }, (_, index) => index);
    const permissions = numbers.map((index) => `can${index}`);
    const orgs = numbers.map((index) => ({ name: `Org ${index}` }));
    const memberships = orgs.map(({ name }) => ({ org: name, role: 'Admin' }));
    const roles = [{ name: 'Admin', permissions }];
    const users = [{ name: 'alice', orgs: memberships }];
    const printed = await printedBy({}, { seed: { roles, orgs, users } });
    const expectedOrgs = [0, 1, 2, 3].map(
      (index) => `Admin of Org ${index} (can0 can1 can2 can3 and 5 more)`,
    );
    const expected = `alice ${expectedOrgs.join(', ')}, and 5 more`;
    expect(sectionOf(printed, 'Users').join(' ').replace(/ +/g, ' ').trim()).toBe(expected);
  });

  it('names in one line, shortened and without control characters', async () => {
    const printed = await printedBy(
      {},
      {
        seed: {
          roles: [{ name: odd('Owner'), permissions: [odd('can_pay')] }],
          orgs: [{ name: odd('Acme'), orgId: odd('acme') }],
          users: [
            { name: odd('alice'), orgs: [{ org: odd('Acme'), role: odd('Owner') }] },
            { name: `b${'x'.repeat(100)}` },
          ],
        },
      },
    );
    expect(sectionOf(printed, 'Users').join(' ').replace(/ +/g, ' ')).toBe(
      ` alice [31m Users Owner [31m Users of Acme [31m Users (can_pay [31m Users) b${'x'.repeat(38)}… in no organization`,
    );
    expect(sectionOf(printed, 'Organizations')).toEqual(['  Acme [31m Users  acme [31m Users']);
  });

  it('a command that gets a token, and one that calls a route open to every user', async () => {
    @Controller('profile')
    class ProfileController {
      @Get(':id')
      @RequireUser()
      ofId() {
        return {};
      }

      @Get()
      @RequireUser()
      mine() {
        return {};
      }
    }
    const printed = await printedBy({ controllers: [ProfileController] });
    expect(sectionOf(printed, 'Call it as alice, in a second terminal')).toEqual([
      `  TOKEN=$(curl -fsS '${ORIGIN}/api/v1/refresh_token?user=alice&local_secret=${SECRET}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
      `  curl -H "Authorization: Bearer $TOKEN" ${ORIGIN}/profile`,
      '',
    ]);
  });

  it('a command that cannot be escaped by a user’s name', async () => {
    const users = [{ name: `o'brien"; $(exit 1)`, email: 'o@example.com' }];
    const printed = await printedBy({}, { seed: { users } });
    const [, url] = /^ {2}TOKEN=\$\(curl -fsS '(.*?)' \| sed 's.*'\)$/m.exec(printed) ?? [];
    expect(url).not.toMatch(/['"$]/);
    expect(new URL(url as string).searchParams.get('user')).toBe(users[0]?.name);
  });

  it('the start page of the application if no route is for every user', async () => {
    expect(await printedBy()).toContain(`Bearer $TOKEN" ${ORIGIN}/\n`);
  });
});
