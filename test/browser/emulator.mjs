import { once } from 'node:events';
import { createServer } from 'node:http';
import { createEmulator } from 'propelauth-emulator';
import { findFreePort } from '../package/free-port.mjs';

/** Starts an emulator on a free port, under its usual hostname. */
export async function startEmulator(options) {
  const port = await findFreePort();
  const origin = `http://localhost:${port}`;
  const emulator = await createEmulator({ authUrl: origin, ...options });
  await emulator.listen({ port });
  return { emulator, origin, close: () => emulator.close() };
}

/** An application that receives webhooks, and keeps them. */
export async function startWebhookReceiver() {
  const events = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      events.push(JSON.parse(body));
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/webhooks/propelauth`;
  return { url, events, close: () => server.close() };
}
