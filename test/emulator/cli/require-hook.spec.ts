import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedPort } from '../../support/closed-port.js';
import { projectFolder, run } from './run.js';

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

async function printedBy(files: Record<string, string>, options: string[] = []): Promise<string> {
  const folder = projectFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [main = ''] = Object.keys(files);
  const port = String(await closedPort());
  const command = run(folder, ['exec', '--port', port, ...options, '--', process.execPath, main]);
  const code = await command.exit;
  if (code !== 0) throw new Error(command.printed.stderr);
  return command.printed.stdout;
}

describe('Under exec, calls to PropelAuth go to the emulator', () => {
  it('from CommonJS', async () => {
    expect(await printedBy({ 'main.cjs': `void (async () => {${ASK}})()` })).toBe('4\n4\n4\n');
  });

  it('from ES modules', async () => {
    expect(await printedBy({ 'main.mjs': ASK })).toBe('4\n4\n4\n');
  });

  it('from worker threads', async () => {
    const main = "new (require('node:worker_threads').Worker)('./worker.mjs')";
    expect(await printedBy({ 'main.cjs': main, 'worker.mjs': ASK })).toBe('4\n4\n4\n');
  });

  it('from child processes', async () => {
    const main =
      "require('node:child_process').spawn(process.execPath, ['child.mjs'], { stdio: 'inherit' })";
    expect(await printedBy({ 'main.cjs': main, 'child.mjs': ASK })).toBe('4\n4\n4\n');
  });

  it('with the method and the body of a request', async () => {
    const main = `
      const headers = { authorization: 'Bearer ' + process.env.PROPELAUTH_API_KEY, 'content-type': 'application/json' };
      const body = JSON.stringify({ email: 'erin@example.com' });
      const request = new Request('https://propelauth-api.com/api/backend/v1/user/', { method: 'POST', headers, body });
      console.log(Object.keys(await (await fetch(request)).json()));`;
    expect(await printedBy({ 'main.mjs': main })).toBe("[ 'user_id' ]\n");
  });

  it('and no other requests', async () => {
    const main = `
      import { createServer } from 'node:http';
      const server = createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1', async () => {
        const url = 'http://127.0.0.1:' + server.address().port + '/?https://propelauth-api.com/';
        console.log(await (await fetch(url)).text());
        for (const other of ['https://propelauth-api.com.localhost:1/', 'https://propelauth-api.com@localhost:1/']) {
          await fetch(other).then(() => console.log('answered'), (error) => console.log(error.name));
        }
        server.close();
      });`;
    expect(await printedBy({ 'main.mjs': main })).toBe(
      '/?https://propelauth-api.com/\nTypeError\nTypeError\n',
    );
  });
});
