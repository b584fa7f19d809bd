/*
 * The MCP Inspector's command line, which discovers, registers and authorizes by itself. It needs a newer Node.js than the oldest that is
 * supported.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createEmulator } from 'propelauth-emulator';
import { installNode } from '../compat/node-versions.mjs';
import { findFreePort } from '../package/free-port.mjs';
import { startMcpServer } from './mcp-server.mjs';
import { Visitor } from './visitor.mjs';

const INSPECTOR = fileURLToPath(
  new URL(
    'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
    import.meta.url,
  ),
);

let emulator;
let server;
let home;
let node;

before(async () => {
  const { directory } = await installNode('24.22.3');
  node = join(directory, 'node');
  home = mkdtempSync(join(tmpdir(), 'inspector-'));
  const port = await findFreePort();
  const seed = fileURLToPath(new URL('propelauth.emulator.json', import.meta.url));
  emulator = await createEmulator({ authUrl: `http://localhost:${port}`, seed });
  await emulator.listen({ port });
  server = await startMcpServer(emulator);
});

after(async () => {
  server?.close();
  await emulator?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

test('it calls a tool as the user who authorized it on the page of the emulator', async () => {
  const callback = `http://127.0.0.1:${await findFreePort()}/oauth/callback`;
  const target = ['--server-url', server.url, '--transport', 'http', '--callback-url', callback];
  const call = ['--method', 'tools/call', '--tool-name', 'read'];
  // It opens no browser, and prints the address.
  const env = { ...process.env, HOME: home, BROWSER: 'true', MCP_AUTO_OPEN_ENABLED: 'true' };
  const inspector = spawn(node, [INSPECTOR, '--cli', ...target, ...call], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(inspector, 'exit');
  let printed = '';
  const address = new Promise((resolve) => {
    for (const stream of [inspector.stdout, inspector.stderr]) {
      stream.on('data', (data) => {
        printed += data;
        const [found] =
          /http:\/\/localhost:\d+\/oauth\/2\.1\/authorize\?\S+(?=\s)/.exec(printed) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
  });
  const visitor = new Visitor();
  const consent = await visitor.submit(await visitor.open(await address), { user: 'erin' });
  const { url } = await visitor.submit(consent, { decision: 'allow' });
  await fetch(url);
  const [code] = await ended;
  assert.equal(code, 0, printed);
  assert.match(printed, /for erin/);
});
