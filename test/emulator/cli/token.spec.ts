import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { createEmulator, type Emulator, type Seed } from 'propelauth-emulator';
import type { TokenCommand } from '../../../emulator/src/cli/command-line.js';
import { readCommandLine } from '../../../emulator/src/cli/command-line.js';
import { tokenOf } from '../../../emulator/src/cli/token.js';
import { registerCleanup } from '../../support/clean-up.js';
import { closedPort } from '../../support/closed-port.js';
import { projectFolder, run } from './run.js';

const USERS: Seed = {
  orgs: [{ name: 'Acme Inc' }, { name: 'Acme Ltd' }, { name: 'Globex' }],
  users: [
    {
      name: 'alice',
      email: 'alice@work.example',
      userId: 'id-of-alice',
      orgs: ['Acme Inc', 'Acme Ltd'].map((org) => ({ org, role: 'Owner' })),
    },
    { name: 'bob', orgs: [{ org: 'Globex', role: 'Member' }] },
    { name: 'alice@work.example', email: 'other@work.example', userId: 'id-of-other' },
    { name: 'dave' },
    { name: 'erin', enabled: false },
  ],
};

describe('propelauth-emulator token', () => {
  let emulator: Emulator;
  let url: string;

  beforeAll(async () => {
    emulator = await createEmulator({ seed: USERS });
    ({ url } = await emulator.listen());
  });
  afterAll(() => emulator.close());

  const tokenFor = (args: readonly string[], { port } = new URL(url)) =>
    tokenOf(readCommandLine(['token', ...args, '--port', port]) as TokenCommand);

  it.each([
    [['alice'], { user_id: 'id-of-alice' }],
    [['ALICE'], { user_id: 'id-of-alice' }],
    [['id-of-alice'], { user_id: 'id-of-alice' }],
    [['bob', '--org', 'Globex'], { org_member_info: { org_name: 'Globex' } }],
    [['bob', '--org', 'globex'], { org_member_info: { org_name: 'Globex' } }],
    [['bob', '--org', 'glo'], { org_member_info: { org_name: 'Globex' } }],
    [['alice', '--org', 'Acme Inc'], { org_member_info: { org_name: 'Acme Inc' } }],
  ])('gets a token for %j with the claims %j', async (args, claims) => {
    expect(decodeJwt(await tokenFor(args))).toMatchObject(claims);
  });

  it.each([
    [['eve'], 'The user "eve" is unknown. Use one of alice, bob, alice@work.example, dave.'],
    [
      ['alice@work.example'],
      '"alice@work.example" is the name of several users. Use one of id-of-alice, id-of-other.',
    ],
    [['bob', '--org', 'Acme Inc'], 'bob is not a member of "Acme Inc". Use one of Globex.'],
    [['dave', '--org', 'Globex'], 'dave is not a member of "Globex". The user has none.'],
    [
      ['alice', '--org', 'Acme'],
      '"Acme" is the start of several organizations. Use one of Acme Inc, Acme Ltd.',
    ],
    [['erin'], "erin is disabled. Enable the user on the emulator's page."],
  ])('fails for %j with a line that says why', async (args, message) => {
    await expect(tokenFor(args)).rejects.toMatchObject({ message });
  });

  it('prints the token and nothing else, of the emulator of exec in its command', async () => {
    const environment = { PROPELAUTH_EMULATOR_URL: url, NODE_ENV: 'production' };
    const token = run(projectFolder(), ['token', 'bob'], environment);
    expect(await token.exit).toBe(0);
    expect(token.printed.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(token.printed.stderr).toBe('');
  });

  it('fails without an emulator, and says where it asked', async () => {
    const port = String(await closedPort());
    const token = run(projectFolder(), ['token', 'alice', '--port', port]);
    expect(await token.exit).toBe(1);
    expect(token.printed).toEqual({
      stdout: '',
      stderr: `No emulator runs at http://localhost:${port}. Start it with propelauth-emulator exec, or name its port, for example --port 4001.\n`,
    });
  });

  it.each([
    [200, 'eyJ'],
    [404, '{"error":"Not Found"}'],
    [400, '<html>'],
  ])('fails if another program answers with %i %s', async (status, text) => {
    const server = createServer((_request, response) => response.writeHead(status).end(text));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    registerCleanup(() => server.close());
    const { port } = server.address() as AddressInfo;
    const asked = tokenFor(['alice'], new URL(`http://localhost:${port}`));
    await expect(asked).rejects.toThrow('No emulator runs at');
  });

  it('is no way for a page of another port to get a token', async () => {
    const headers = { 'sec-fetch-site': 'same-site' };
    const address = `${url}/__emulator/token?user=bob`;
    expect((await emulator.fetch(address, { headers })).status).toBe(403);
    const { headers: received } = await emulator.fetch(address);
    expect(received.get('cache-control')).toBe('no-store');
  });
});
