/*
 * @propelauth/react in a page of another port, in a real browser.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createEmulator } from 'propelauth-emulator';
import { launchChromium } from '../browser/chromium.mjs';
import { findFreePort } from '../package/free-port.mjs';

const SEED = fileURLToPath(new URL('propelauth.emulator.json', import.meta.url));

let emulator;
let server;
let browser;
let page;

before(async () => {
  const port = await findFreePort();
  const authUrl = `http://localhost:${port}`;
  emulator = await createEmulator({ authUrl, seed: SEED });
  await emulator.listen({ port });
  server = await servePage(authUrl);
  browser = await launchChromium();
  page = await browser.newPage();
});

after(async () => {
  await browser?.close();
  server?.close();
  await emulator?.close();
});

async function servePage(authUrl) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('react-page.jsx', import.meta.url))],
    bundle: true,
    write: false,
    jsx: 'automatic',
    define: {
      AUTH_URL: JSON.stringify(authUrl),
      'process.env.NODE_ENV': '"development"',
    },
  });
  const [{ text }] = outputFiles;
  const listening = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? text : '<body></body><script src="/page.js"></script>');
  });
  listening.listen(0, 'localhost');
  await once(listening, 'listening');
  return listening;
}

test('a user signs in, is known to the components, and signs out', async () => {
  const origin = `http://localhost:${server.address().port}`;
  await page.goto(origin);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'erin' }).click();
  await page.waitForURL(`${origin}/**`);
  await page.getByText('erin@example.com is in Acme Inc and Globex.').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});
