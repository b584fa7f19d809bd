import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { createSecrets } from 'propelauth-emulator';
import type { CommandLineOptions, ExecCommand } from '../../../emulator/src/cli/command-line.js';
import { readCommandLine } from '../../../emulator/src/cli/command-line.js';
import { joinEmulator, portTaken } from '../../../emulator/src/cli/emulator-on-port.js';
import { settingsOf, startEmulator } from '../../../emulator/src/cli/running-emulator.js';
import { Leases } from '../../../emulator/src/server/leases.js';
import { startLocalhostServer } from '../../../emulator/src/server/localhost-server.js';
import { withProjectEndpoints } from '../../../emulator/src/server/project-endpoint.js';
import { registerCleanup } from '../../support/clean-up.js';
import { closedPort } from '../../support/closed-port.js';
import { execOf, projectFolder, run } from './run.js';

/** A command that runs until it is ended, and tells its API key. */
const STAY = "setInterval(() => {}, 1000); console.log('ready ' + process.env.PROPELAUTH_API_KEY)";

const TAKEN =
  /^--port \d+ is taken by another program or project\. Choose another one, for example --port \d+\.$/;
const SECRETS = await createSecrets();

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
});

/** The command line of a second exec. */
function optionsWith(port: number, others: readonly string[] = []): CommandLineOptions {
  const line = ['exec', '--port', String(port), ...others, '--', 'true'];
  return (readCommandLine(line) as ExecCommand).options;
}

async function nothingElse(): Promise<Response> {
  return new Response(null, { status: 404 });
}

/** What the emulator of the project answers, without options, on a port of its own. */
async function serveProject(): Promise<number> {
  const port = await closedPort();
  const settings = settingsOf(optionsWith(port));
  const answer = withProjectEndpoints(nothingElse, SECRETS.apiKey, settings, new Leases());
  const server = await startLocalhostServer(answer, port);
  registerCleanup(() => server.close());
  return port;
}

describe('joinEmulator()', () => {
  it.each([
    ['--seed', 'other.json'],
    ['--webhooks', 'http://localhost:3000/hooks'],
    ['--allow-origin', 'https://app.example.com'],
    ['--public-url', 'https://emulator.example.com'],
  ])('with another %s fails, and names it', async (option, value) => {
    const options = optionsWith(await serveProject(), [option, value]);
    const message = `${option} is not that of the emulator of this project`;
    await expect(joinEmulator(options, SECRETS)).rejects.toThrow(message);
  });

  it('fails with --fresh, and says so', async () => {
    const options = optionsWith(await serveProject(), ['--fresh']);
    const message = '--fresh is for an emulator that starts';
    await expect(joinEmulator(options, SECRETS)).rejects.toThrow(message);
  });

  it('fails for another project, and names --port', async () => {
    const options = optionsWith(await serveProject());
    const others = { ...SECRETS, apiKey: 'emulator_of_another_project' };
    await expect(joinEmulator(options, others)).rejects.toThrow(TAKEN);
  });

  it.each<[string, RequestListener]>([
    ['closes connections', (request) => request.socket.destroy()],
    ['answers with anything', (_request, response) => response.end('<html>')],
    [
      'answers without end',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '.repeat(100_000)), 1);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'redirects',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
  ])('fails if another program %s', async (_what, respond) => {
    const port = await closedPort();
    await occupy('127.0.0.1', port, createServer(respond));
    const options = optionsWith(port);
    const joined = await joinEmulator(options, SECRETS).catch((error: Error) => error);
    // Some are like no program at all, until the emulator tries to listen.
    const failure = joined ?? (await portTaken(options, SECRETS));
    expect(failure).toHaveProperty('message', expect.stringMatching(TAKEN));
  });

  it('does not tell the API key to a program that claims to be the emulator', async () => {
    const port = await closedPort();
    const asked: string[] = [];
    const settings = { ...settingsOf(optionsWith(port)), proof: 'none' };
    const impostor = createServer((request, response) => {
      asked.push(JSON.stringify([request.url, request.rawHeaders]));
      response.end(JSON.stringify(settings));
    });
    await occupy('127.0.0.1', port, impostor);
    await expect(joinEmulator(optionsWith(port), SECRETS)).rejects.toThrow(TAKEN);
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain(SECRETS.apiKey);
  });

  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])(
    'is of no use, nor a start, if another program listens on %s',
    async (host) => {
      const port = await closedPort();
      await occupy(
        host,
        port,
        createServer((_request, response) => response.end('{}')),
      );
      const options = optionsWith(port);
      expect(await startEmulator(options, SECRETS, new Leases())).toBeUndefined();
      expect((await portTaken(options, SECRETS)).message).toMatch(TAKEN);
    },
  );
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

describe('A server', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'has the users of the file in its folder, prints lines for a .env file, and serves until %s',
    async (signal) => {
      const folder = projectFolder();
      writeFileSync(join(folder, 'propelauth.emulator.json'), '{"users":[{"name":"erin"}]}');
      const port = await closedPort();
      const server = run(folder, ['--port', String(port), '--env', 'VITE_AUTH_URL=authUrl']);
      await server.waitFor('VITE_AUTH_URL');
      const { stdout } = server.printed;
      expect(stdout).toContain('  erin  in no organization');
      expect(stdout).not.toContain('alice');
      const lines = stdout.split('\n').filter((line) => /^[A-Z_]+=/.test(line));
      expect(lines).toContain(`PROPELAUTH_AUTH_URL=http://localhost:${port}`);
      expect(lines).toContain(`VITE_AUTH_URL=http://localhost:${port}`);
      expect(lines.find((line) => line.startsWith('PROPELAUTH_VERIFIER_KEY'))).toMatch(
        /^PROPELAUTH_VERIFIER_KEY="-----BEGIN PUBLIC KEY-----\\n[^"]+"$/,
      );
      expect(lines).toHaveLength(8);
      for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
        expect((await fetch(`http://${host}:${port}/nothing`)).status).toBe(404);
      }
      server.child.kill(signal);
      expect(await server.exit).toBe(0);
      await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
    },
  );

  it('of a folder is the only one on its port: a second ends, and says why', async () => {
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
