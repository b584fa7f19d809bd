import { createEmulator, type Seed } from 'propelauth-emulator';
import { startMessage } from '../../../emulator/src/cli/start-message.js';
import { registerCleanup } from '../../support/clean-up.js';
import { ORIGIN as AUTH_URL, SECRETS as secrets } from '../browser.js';

async function printedFor(seed: Seed): Promise<string> {
  return startMessage(await createEmulator({ authUrl: AUTH_URL, secrets, seed }));
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

describe('At its start, the emulator prints', () => {
  it('the users with their roles and permissions, and the ids of organizations', async () => {
    const printed = await printedFor({
      roles: [{ name: 'Owner', permissions: ['can_pay', 'can_view'] }, 'Member'],
      orgs: [{ name: 'Acme Inc', orgId: 'acce0000-0000-4000-8000-000000000000' }],
      users: [
        { name: 'alice', orgs: [{ org: 'Acme Inc', role: 'Owner' }] },
        { name: 'bob', orgs: [{ org: 'Acme Inc', role: 'Member' }] },
        { name: 'dave' },
      ],
    });
    expect(sectionOf(printed, 'Users')).toEqual([
      '  alice  Owner of Acme Inc (can_pay can_view)',
      '  bob    Member of Acme Inc',
      '  dave   in no organization',
    ]);
    expect(sectionOf(printed, 'Organizations')).toEqual([
      '  Acme Inc  acce0000-0000-4000-8000-000000000000',
    ]);
  });

  it('its page, and no token, key or secret', async () => {
    const apiKeys = [{ key: 'alices-key', user: 'alice' }];
    const printed = await printedFor({ users: [{ name: 'alice' }], apiKeys });
    expect(printed).toContain(`\n  ${AUTH_URL}/\n`);
    expect(printed).not.toMatch(/eyJ|BEGIN|alices-key/);
    const { apiKey, webhookSecret, introspection } = secrets;
    for (const secret of [apiKey, webhookSecret, introspection.clientSecret])
      expect(printed).not.toContain(secret);
  });

  it('at most one screen for a large project', async () => {
    const users = Array.from({ length: 25 }, (_, index) => ({ name: `user${index}` }));
    const orgs = Array.from({ length: 12 }, (_, index) => ({ name: `org${index}` }));
    const printed = await printedFor({ users, orgs });
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
    const printed = await printedFor({
      roles: [{ name: 'Admin', permissions }],
      orgs,
      users: [{ name: 'alice', orgs: memberships }],
    });
    const expectedOrgs = [0, 1, 2, 3].map(
      (index) => `Admin of Org ${index} (can0 can1 can2 can3 and 5 more)`,
    );
    const expected = `alice ${expectedOrgs.join(', ')}, and 5 more`;
    expect(sectionOf(printed, 'Users').join(' ').replace(/ +/g, ' ').trim()).toBe(expected);
  });

  it('names in one line, shortened and without control characters', async () => {
    const printed = await printedFor({
      roles: [{ name: odd('Owner'), permissions: [odd('can_pay')] }],
      orgs: [{ name: odd('Acme'), orgId: odd('acme') }],
      users: [
        { name: odd('alice'), orgs: [{ org: odd('Acme'), role: odd('Owner') }] },
        { name: `b${'x'.repeat(100)}` },
      ],
    });
    expect(sectionOf(printed, 'Users').join(' ').replace(/ +/g, ' ')).toBe(
      ` alice [31m Users Owner [31m Users of Acme [31m Users (can_pay [31m Users) b${'x'.repeat(38)}… in no organization`,
    );
    expect(sectionOf(printed, 'Organizations')).toEqual(['  Acme [31m Users  acme [31m Users']);
  });

  it.each([
    ['alice', 'alice@example.com', 'alice'],
    [`o'brien"; $(exit 1)`, 'o@example.com', 'o@example.com'],
    ['--port', `"o'brien"@example.com`, 'an-id'],
  ])('a command for the user %j that no name can escape', async (name, email, shown) => {
    const printed = await printedFor({ users: [{ name, email, userId: 'an-id' }] });
    expect(printed).toContain(`\n  TOKEN=$(npx propelauth-emulator token ${shown})\n`);
  });

  it('commands with the port of another address, and for where the option says', async () => {
    const seed = { users: [{ name: 'alice' }] };
    const call = 'http://localhost:3001/me';
    const emulator = await createEmulator({
      authUrl: 'http://localhost:4001',
      secrets,
      seed,
      call,
    });
    expect(startMessage(emulator)).toContain(
      '\n  TOKEN=$(npx propelauth-emulator token alice --port 4001)\n' +
        `  curl -H "Authorization: Bearer $TOKEN" ${call}\n`,
    );
  });

  it('commands on Windows that cmd.exe and PowerShell run', async () => {
    const { platform } = process;
    registerCleanup(() => Object.defineProperty(process, 'platform', { value: platform }));
    Object.defineProperty(process, 'platform', { value: 'win32' });
    expect(await printedFor({ users: [{ name: 'alice' }] })).toContain(
      '\n  npx propelauth-emulator token alice\n' +
        '  curl.exe -H "Authorization: Bearer THE_TOKEN" http://localhost:3000/\n',
    );
  });

  it('no command without a user, or without a name that needs no quotes', async () => {
    const users = [{ name: "o'brien", email: "o'brien@example.com", userId: '$(exit 1)' }];
    for (const seed of [{}, { users }]) expect(await printedFor(seed)).not.toContain('curl');
  });
});
