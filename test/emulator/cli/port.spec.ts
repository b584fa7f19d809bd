import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { registerCleanup } from '../../support/clean-up.js';
import { closedPort } from '../../support/closed-port.js';
import { until } from '../../support/fake-timers.js';
import { execOf, projectFolder, run } from './run.js';

/** A command that runs until it is ended, and tells its API key. */
const STAY = "setInterval(() => {}, 1000); console.log('ready ' + process.env.PROPELAUTH_API_KEY)";

const TAKEN =
  /^--port \d+ is taken by another program or project\. Choose another one, for example --port \d+\.\n$/;

async function occupy(host: string, port: number, server: Server): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
  registerCleanup(() => server.close());
}

async function untilClosed(port: number): Promise<void> {
  const answers = () => fetch(`http://127.0.0.1:${port}`).then(Boolean, () => false);
  while (await answers());
}

describe('A second exec', () => {
  it('of the project uses the emulator of the first, which stays when the second ends', async () => {
    const folder = projectFolder();
    const port = await closedPort();
    const first = run(folder, execOf(port, STAY));
    await first.waitFor('ready');
    const second = run(
      folder,
      execOf(port, "console.log('ready ' + process.env.PROPELAUTH_API_KEY)"),
    );
    expect(await second.exit).toBe(0);
    expect(second.printed.stderr).toContain(
      'which this project already runs. It ends with the last command that uses it.',
    );
    expect(second.printed.stdout).toBe(first.printed.stdout);
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBeLessThan(500);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'survives %s of the first, and the emulator ends with it',
    async (signal) => {
      const folder = projectFolder();
      const port = await closedPort();
      const first = run(folder, execOf(port, STAY));
      await first.waitFor('ready');
      const second = run(folder, execOf(port, STAY));
      await second.waitFor('ready');
      first.child.kill(signal);
      await first.exit;
      expect((await fetch(`http://127.0.0.1:${port}`)).status).toBeLessThan(500);
      second.child.kill(signal);
      await second.exit;
      await untilClosed(port);
    },
  );

  it('ends with the server that it uses', async () => {
    const folder = projectFolder();
    const port = await closedPort();
    const server = run(folder, ['--port', String(port)]);
    await server.waitFor('runs at');
    const second = run(folder, execOf(port, STAY));
    await second.waitFor('ready');
    server.child.kill('SIGTERM');
    expect(await second.exit).toBe(1);
    expect(second.printed.stderr).toContain('was ended, and so the command ends');
  });

  it('of two that start together joins the other', async () => {
    const folder = projectFolder();
    const port = await closedPort();
    const both = [1, 2].map(() => run(folder, execOf(port, STAY)));
    await Promise.all(both.map((each) => each.waitFor('ready')));
    expect(both[0]?.printed.stdout).toBe(both[1]?.printed.stdout);
    const joined = both.filter(({ printed }) => printed.stderr.includes('already runs'));
    expect(joined).toHaveLength(1);
  });

  it.each([
    ['--seed', ['--seed', 'other.json']],
    ['--webhooks', ['--webhooks', 'http://localhost:3000/hooks']],
    ['--allow-origin', ['--allow-origin', 'https://app.example.com']],
    ['--public-url', ['--public-url', 'https://emulator.example.com']],
  ])('with another %s fails, and names it', async (option, options) => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'other.json'), '{"users":[{"name":"erin"}]}');
    const port = await closedPort();
    await run(folder, execOf(port, STAY)).waitFor('ready');
    const second = run(folder, execOf(port, STAY, options));
    expect(await second.exit).toBe(1);
    expect(second.printed.stderr).toContain(
      `${option} is not that of the emulator of this project`,
    );
    expect(second.printed.stdout).toBe('');
  });

  it('of another project fails, and names --port', async () => {
    const port = await closedPort();
    await run(projectFolder(), execOf(port, STAY)).waitFor('ready');
    const second = run(projectFolder(), execOf(port, STAY));
    expect(await second.exit).toBe(1);
    expect(second.printed.stderr).toMatch(TAKEN);
  });
});

describe('With --port 0', () => {
  const askItself = `fetch(process.env.PROPELAUTH_AUTH_URL + '/__emulator/token?user=alice')
    .then((response) => response.text())
    .then((token) => {
      const { iss } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
      console.log(iss === process.env.PROPELAUTH_AUTH_URL, iss);
    });`;

  it('exec takes a free port, and its command gets the real address', async () => {
    const folder = projectFolder();
    const both = [1, 2].map(() =>
      run(folder, execOf(0, `setInterval(() => {}, 1000);${askItself}`)),
    );
    await Promise.all(both.map((each) => each.waitFor('true http://localhost:')));
    expect(both[0]?.printed.stdout).not.toBe(both[1]?.printed.stdout);
    for (const { printed } of both) {
      const url = printed.stdout.trim().replace('true ', '');
      expect(printed.stderr).toContain(`runs at ${url}\n`);
      expect(url).not.toMatch(/:0$/);
    }
  });

  it('a server says where it runs', async () => {
    const server = run(projectFolder(), ['--port', '0']);
    await server.waitFor('NEXT_PUBLIC_AUTH_URL');
    const [, url = ''] = /^PROPELAUTH_AUTH_URL=(.*)$/m.exec(server.printed.stdout) ?? [];
    expect(server.printed.stdout).toContain(`runs at ${url}\n`);
    expect((await fetch(`${url}/__emulator/token?user=alice`)).status).toBe(200);
  });
});

describe('A taken port is an error', () => {
  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])(
    'if another program listens on %s',
    async (host) => {
      const port = await closedPort();
      await occupy(
        host,
        port,
        createServer((_request, response) => response.end('{}')),
      );
      const command = run(projectFolder(), ['--port', String(port)]);
      expect(await command.exit).toBe(1);
      expect(command.printed.stderr).toMatch(TAKEN);
    },
  );

  it.each([
    ['closes connections', createServer((request) => request.socket.destroy())],
    ['answers with anything', createServer((_request, response) => response.end('<html>'))],
    [
      'answers without end',
      createServer((_request, response) => {
        const timer = setInterval(() => response.write(' '.repeat(100_000)), 1);
        response.on('close', () => clearInterval(timer));
      }),
    ],
    [
      'redirects',
      createServer((_request, response) =>
        response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      ),
    ],
  ])('for exec if the other program %s', async (_what, server) => {
    const port = await closedPort();
    await occupy('127.0.0.1', port, server);
    const command = run(projectFolder(), execOf(port, STAY));
    expect(await command.exit).toBe(1);
    expect(command.printed.stderr).toMatch(TAKEN);
  });

  it('for exec if the other program claims to be the emulator, and is not told the API key', async () => {
    const port = await closedPort();
    const asked: string[] = [];
    const settings = { '--seed': null, '--webhooks': null, '--allow-origin': [], proof: 'none' };
    const impostor = createServer((request, response) => {
      asked.push(JSON.stringify([request.url, request.rawHeaders]));
      response.end(JSON.stringify(settings));
    });
    await occupy('127.0.0.1', port, impostor);
    const command = run(projectFolder(), execOf(port, STAY));
    expect(await command.exit).toBe(1);
    expect(command.printed.stderr).toMatch(TAKEN);
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain('emulator_');
  });

  it('for a second server of the same project, which says so', async () => {
    const folder = projectFolder();
    const port = await closedPort();
    await run(folder, ['--port', String(port)]).waitFor('runs at');
    const second = run(folder, ['--port', String(port)]);
    expect(await second.exit).toBe(1);
    expect(second.printed.stderr).toContain(
      'is taken by the emulator of this folder, which already runs.',
    );
  });
});

describe('propelauth-emulator', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('serves until %s', async (signal) => {
    const port = await closedPort();
    const server = run(projectFolder(), ['--port', String(port)]);
    await server.waitFor('NEXT_PUBLIC_AUTH_URL');
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      expect((await fetch(`http://${host}:${port}/nothing`)).status).toBe(404);
    }
    server.child.kill(signal);
    expect(await server.exit).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });

  it('prints lines that a .env file can have', async () => {
    const port = await closedPort();
    const server = run(projectFolder(), ['--port', String(port), '--env', 'VITE_AUTH_URL=authUrl']);
    await server.waitFor('VITE_AUTH_URL');
    const lines = server.printed.stdout.split('\n').filter((line) => /^[A-Z_]+=/.test(line));
    expect(lines).toContain(`PROPELAUTH_AUTH_URL=http://localhost:${port}`);
    expect(lines).toContain(`VITE_AUTH_URL=http://localhost:${port}`);
    expect(lines.find((line) => line.startsWith('PROPELAUTH_VERIFIER_KEY'))).toMatch(
      /^PROPELAUTH_VERIFIER_KEY="-----BEGIN PUBLIC KEY-----\\n[^"]+"$/,
    );
    expect(lines).toHaveLength(8);
  });

  it('keeps its keys for the next start, in a folder that is no part of the project', async () => {
    const folder = projectFolder();
    const keys: string[] = [];
    for (const port of [await closedPort(), await closedPort()]) {
      const command = run(folder, execOf(port, 'console.log(process.env.PROPELAUTH_VERIFIER_KEY)'));
      await command.exit;
      keys.push(command.printed.stdout);
    }
    expect(keys[0]).toContain('BEGIN PUBLIC KEY');
    expect(keys[1]).toBe(keys[0]);
  });

  it('reads propelauth.emulator.json of its folder', async () => {
    const folder = projectFolder();
    writeFileSync(join(folder, 'propelauth.emulator.json'), '{"users":[{"name":"erin"}]}');
    const server = run(folder, ['--port', String(await closedPort())]);
    await until(() => server.printed.stdout.includes('Environment'));
    expect(server.printed.stdout).toContain('  erin  in no organization');
    expect(server.printed.stdout).not.toContain('alice');
  });
});
