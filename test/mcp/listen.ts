import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { registerCleanup } from '../support/clean-up.js';

/** Opens a stream of changes (`subscriptions/listen`), as the official client does. */
export async function listen(url: string, token: string) {
  const client = new Client(
    { name: 'tests', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  registerCleanup(() => client.close());
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client.listen({ toolsListChanged: true });
}
