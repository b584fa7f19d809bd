import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedPort } from '../../support/closed-port.js';
import { execOf, projectFolder, run, type CommandLine } from './run.js';

const SEED_FILE = 'propelauth.emulator.json';

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

  it('finds files that only their owner can read', async () => {
    await start();
    const cache = join(folder, 'cache/propelauth-emulator');
    const modes = readdirSync(cache).map((file) => statSync(join(cache, file)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('is not what a second exec can ask for, with --fresh', async () => {
    await start();
    const second = run(folder, execOf(port, '', ['--fresh']));
    expect(await second.exit).toBe(1);
    expect(second.printed.stderr).toContain('--fresh is for an emulator that starts');
  });
});
