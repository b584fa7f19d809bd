import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedPort } from '../../support/closed-port.js';
import { execOf, projectFolder, run, type CommandLine } from './run.js';

const SEED_FILE = 'propelauth.emulator.json';

/** A script that prints the names of all users. */
const PRINT_USERS = `fetch(process.env.PROPELAUTH_AUTH_URL + '/api/backend/v1/user/query', {
    headers: { authorization: 'Bearer ' + process.env.PROPELAUTH_API_KEY },
  }).then((response) => response.json())
    .then(({ users }) => console.log(users.map(({ username }) => username).join()));`;

describe('A restart', () => {
  let folder: string;
  let port: number;

  beforeEach(async () => {
    folder = projectFolder();
    port = await closedPort();
    writeFileSync(join(folder, SEED_FILE), '{"users":[{"name":"alice"}]}');
  });

  async function start(options: readonly string[] = []): Promise<CommandLine> {
    const started = run(folder, ['--port', String(port), ...options]);
    await started.waitFor('PROPELAUTH_API_KEY=');
    return started;
  }

  function filesKept(): string[] {
    const cache = join(folder, 'cache/propelauth-emulator');
    return readdirSync(cache).map((file) => join(cache, file));
  }

  async function call({ printed }: CommandLine, route: string, body?: object) {
    const [, apiKey] = /PROPELAUTH_API_KEY=(\S+)/.exec(printed.stdout) ?? [];
    const response = await fetch(`http://127.0.0.1:${port}/api/backend/v1/user/${route}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { users: { username: string }[] };
  }

  it.each<[string, readonly string[], string, readonly string[], string]>([
    [
      'goes on with the users',
      [],
      '',
      ['alice', 'bob'],
      'Goes on with the changes since the seed.',
    ],
    ['with --fresh starts from the seed', ['--fresh'], '', ['alice'], 'Starts from the seed,'],
    ['with a changed seed starts from it', [], 'carol', ['carol'], 'The seed has changed.'],
  ])('after a SIGKILL %s, and says so', async (_what, options, seed, names, said) => {
    const killed = await start();
    await call(killed, '', { email: 'bob@example.com', username: 'bob' });
    killed.child.kill('SIGKILL');
    await killed.exit;
    if (seed !== '') writeFileSync(join(folder, SEED_FILE), `{"users":[{"name":"${seed}"}]}`);
    const restarted = await start(options);
    const { users } = await call(restarted, 'query');
    expect(users.map(({ username }) => username)).toEqual(names);
    expect(restarted.printed.stderr).toContain(said);
  });

  it.each<[readonly string[], string, string]>([
    [[], 'alice,bob', 'Goes on with the changes since the seed.'],
    [['--fresh'], 'alice', 'Starts from the seed,'],
  ])('by exec %j gives its command the users %s', async (options, names, said) => {
    const killed = await start();
    await call(killed, '', { email: 'bob@example.com', username: 'bob' });
    killed.child.kill('SIGKILL');
    await killed.exit;
    const restarted = run(folder, execOf(port, PRINT_USERS, options));
    expect(await restarted.exit).toBe(0);
    expect(restarted.printed.stdout).toBe(`${names}\n`);
    expect(restarted.printed.stderr).toContain(said);
  });

  it('finds files that only their owner can read', async () => {
    await start();
    const modes = filesKept().map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('with --port 0 finds no changes, which are not kept', async () => {
    const exec = run(folder, execOf(0, PRINT_USERS));
    expect(await exec.exit).toBe(0);
    expect(exec.printed.stdout).toBe('alice\n');
    const server = run(folder, ['--port', '0']);
    await server.waitFor('PROPELAUTH_API_KEY=');
    expect(filesKept()).toEqual([expect.stringMatching(/\.json$/)]);
  });
});
