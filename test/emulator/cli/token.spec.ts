import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createEmulator, type Seed } from 'propelauth-emulator';
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
  ],
};

/** The options that reach a server with these users. */
async function serve(): Promise<string[]> {
  const folder = projectFolder();
  writeFileSync(join(folder, 'propelauth.emulator.json'), JSON.stringify(USERS));
  const port = ['--port', String(await closedPort())];
  await run(folder, port).waitFor('NEXT_PUBLIC_AUTH_URL');
  return port;
}

async function outcomeOf(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const token = run(projectFolder(), ['token', ...args], environment);
  const code = await token.exit;
  return { code, ...token.printed };
}

function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}

describe('propelauth-emulator token', () => {
  it.each(['alice', 'ALICE', 'id-of-alice'])(
    'prints a token of %s and nothing else',
    async (name) => {
      const { code, stdout, stderr } = await outcomeOf([name, ...(await serve())]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
      expect(claimsOf(stdout)).toMatchObject({ user_id: 'id-of-alice' });
    },
  );

  it.each(['Globex', 'globex', 'glo'])('scopes it to the organization %s', async (org) => {
    const { stdout } = await outcomeOf(['bob', '--org', org, ...(await serve())]);
    expect(claimsOf(stdout)).toMatchObject({ org_member_info: { org_name: 'Globex' } });
  });

  it('takes the whole name of an organization for that one', async () => {
    const { stdout } = await outcomeOf(['alice', '--org', 'Acme Inc', ...(await serve())]);
    expect(claimsOf(stdout)).toMatchObject({ org_member_info: { org_name: 'Acme Inc' } });
  });

  it('asks the emulator of exec in its command', async () => {
    const [, port] = await serve();
    const environment = {
      PROPELAUTH_EMULATOR_URL: `http://localhost:${port}`,
      NODE_ENV: 'production',
    };
    expect((await outcomeOf(['bob'], environment)).stdout).toMatch(/^eyJ/);
  });

  it.each([
    [['erin'], 'The user "erin" is unknown. Use one of alice, bob, alice@work.example, dave.\n'],
    [
      ['alice@work.example'],
      '"alice@work.example" is the name of several users. Use one of id-of-alice, id-of-other.\n',
    ],
    [['bob', '--org', 'Acme Inc'], 'bob is not a member of "Acme Inc". Use one of Globex.\n'],
    [['dave', '--org', 'Globex'], 'dave is not a member of "Globex". The user has none.\n'],
    [
      ['alice', '--org', 'Acme'],
      '"Acme" is the start of several organizations. Use one of Acme Inc, Acme Ltd.\n',
    ],
  ])('fails for %j with a line that says why', async (args, line) => {
    const { code, stdout, stderr } = await outcomeOf([...args, ...(await serve())]);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: line });
  });

  it('fails for a disabled user', async () => {
    const emulator = await createEmulator({ authUrl: 'http://localhost:4000', seed: USERS });
    const ask = (path: string, init: RequestInit = {}) =>
      emulator.fetch(`http://localhost:4000${path}`, init);
    const headers = { authorization: `Bearer ${emulator.issuer.apiKey}` };
    await ask('/api/backend/v1/user/id-of-alice/disable', { method: 'POST', headers });
    const response = await ask('/__emulator/token?user=alice');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "alice is disabled. Enable the user on the emulator's page.",
    });
  });

  it('fails without an emulator, and says where it asked', async () => {
    const port = await closedPort();
    const { code, stderr } = await outcomeOf(['alice', '--port', String(port)]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `No emulator runs at http://localhost:${port}. Start it with propelauth-emulator exec, or name its port, for example --port 4001.\n`,
    );
  });

  it.each([
    [200, 'eyJ'],
    [404, '{"error":"Not Found"}'],
    [400, '<html>'],
  ])('fails if another program answers with %i %s', async (status, text) => {
    const port = await closedPort();
    const server = createServer((_request, response) => response.writeHead(status).end(text));
    await once(server.listen(port, '127.0.0.1'), 'listening');
    registerCleanup(() => server.close());
    const { code, stderr } = await outcomeOf(['alice', '--port', String(port)]);
    expect(code).toBe(1);
    expect(stderr).toContain('No emulator runs at');
  });

  it('is no way for a page to get a token', async () => {
    const [, port] = await serve();
    const address = `http://localhost:${port}/__emulator/token?user=bob`;
    for (const [name, value] of [
      ['origin', 'http://localhost:3000'],
      ['sec-fetch-site', 'same-site'],
    ] as const) {
      expect((await fetch(address, { headers: { [name]: value } })).status).toBe(403);
    }
    const response = await fetch(address);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
