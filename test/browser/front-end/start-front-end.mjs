import { once } from 'node:events';
import { createServer } from 'node:http';
import { build } from 'esbuild';

/** Serves a page with PropelAuth's client at every path of a port. */
export async function startFrontEnd(port, authUrl) {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/front-end/page.ts'],
    bundle: true,
    write: false,
    define: { AUTH_URL: JSON.stringify(authUrl) },
  });
  const [{ text }] = outputFiles;
  const server = createServer((request, response) => {
    if (request.url === '/page.js') response.setHeader('Content-Type', 'text/javascript').end(text);
    else response.setHeader('Content-Type', 'text/html').end('<script src="/page.js"></script>');
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return server;
}
