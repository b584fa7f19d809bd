import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createEmulator, type Emulator } from 'propelauth-emulator';
import { withHook } from '../../../emulator/src/cli/command-environment.js';
import { closedPort } from '../../support/closed-port.js';
import { execOf, projectFolder, run } from './run.js';

const HOOK = resolve('emulator/require-hook.cjs');
const USERS = 'https://propelauth-api.com/api/backend/v1/user/query';

/** Asks for users in several ways, and prints how many there are. */
const ASK = `
  const headers = { authorization: 'Bearer ' + process.env.PROPELAUTH_API_KEY };
  const responses = [
    await fetch('${USERS}', { headers }),
    await fetch(new URL('${USERS}'), { headers }),
    await fetch(new Request('${USERS}', { headers })),
  ];
  for (const response of responses) console.log((await response.json()).total_users);
`;

const CREATE = `
  const headers = { authorization: 'Bearer ' + process.env.PROPELAUTH_API_KEY, 'content-type': 'application/json' };
  const body = JSON.stringify({ email: 'erin@example.com' });
  const request = new Request('https://propelauth-api.com/api/backend/v1/user/', { method: 'POST', headers, body });
  console.log(Object.keys(await (await fetch(request)).json()));`;

const ASK_OTHERS = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port + '/?https://propelauth-api.com/';
    console.log(await (await fetch(url)).text());
    for (const other of ['https://propelauth-api.com.localhost:1/', 'https://propelauth-api.com@localhost:1/']) {
      await fetch(other).then(() => console.log('answered'), (error) => console.log(error.name));
    }
    server.close();
  });`;

const WORKER = "new (require('node:worker_threads').Worker)('./other.mjs')";
const CHILD =
  "require('node:child_process').spawn(process.execPath, ['other.mjs'], { stdio: 'inherit' })";

describe('With the hook of exec, calls to PropelAuth go to the emulator', () => {
  let emulator: Emulator;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    emulator = await createEmulator({ seed: { users: [{ name: 'alice' }] } });
    env = {
      ...process.env,
      PROPELAUTH_EMULATOR_URL: (await emulator.listen()).url,
      PROPELAUTH_API_KEY: emulator.issuer.apiKey,
      NODE_OPTIONS: withHook(undefined, HOOK),
    };
  });
  afterEach(() => emulator.close());

  it.each<[string, Record<string, string>, string]>([
    ['from CommonJS', { 'main.cjs': `void (async () => {${ASK}})()` }, '1\n1\n1\n'],
    ['from ES modules', { 'main.mjs': ASK }, '1\n1\n1\n'],
    ['from worker threads', { 'main.cjs': WORKER, 'other.mjs': ASK }, '1\n1\n1\n'],
    ['from child processes', { 'main.cjs': CHILD, 'other.mjs': ASK }, '1\n1\n1\n'],
    ['with the method and the body of a request', { 'main.mjs': CREATE }, "[ 'user_id' ]\n"],
    [
      'and no other requests',
      { 'main.mjs': ASK_OTHERS },
      '/?https://propelauth-api.com/\nTypeError\nTypeError\n',
    ],
  ])('%s', async (_what, files, printed) => {
    const cwd = projectFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const [main = ''] = Object.keys(files);
    const { stdout } = await promisify(execFile)(process.execPath, [main], { cwd, env });
    expect(stdout).toBe(printed);
  });

  it('as exec loads it', async () => {
    const script = `void (async () => {${ASK}})()`;
    const command = run(projectFolder(), execOf(await closedPort(), script));
    expect(await command.exit).toBe(0);
    expect(command.printed.stdout).toBe('4\n4\n4\n');
  });
});
