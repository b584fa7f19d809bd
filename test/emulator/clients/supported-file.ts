import type { Client } from './declared-functions.js';
import type { Tried } from './tried-calls.js';

const INTRODUCTION = `# What PropelAuth's clients get from the emulator

Generated from calls of every function of the clients, with all parameters, by \`supported.spec.ts\`.
\`UPDATE_SUPPORTED=1 npm test -- test/emulator/clients\` writes it anew.

200: emulated, with a result as the types of the client declare it. 501: not emulated. The response names the endpoint, and a fault can answer
instead: \`emulator.fail('fetchScimGroup', { body: { … } })\`. Without a request, the function works on its own.
`;

/** What other clients send, which cannot be called here. */
export const OTHER_REQUESTS: readonly (readonly [client: string, request: string])[] = [
  ['@propelauth/nextjs', 'GET /propelauth/ssr/authorize'],
  ['@propelauth/nextjs', 'POST /propelauth/ssr/token'],
  ['@propelauth/nextjs', 'GET /propelauth/oauth/userinfo'],
  ['@propelauth/nextjs', 'POST /api/backend/v1/refresh_token'],
  ['@propelauth/nextjs', 'POST /api/backend/v1/logout'],
  ['propelauth-py, propelauth (Rust)', 'GET /api/backend/v1/org/query'],
  ['Swagger UI', 'GET /propelauth/oauth/authorize'],
  ['Swagger UI', 'POST /propelauth/oauth/token'],
  ['MCP clients', 'GET /.well-known/oauth-authorization-server/oauth/2.1'],
  ['MCP clients', 'POST /oauth/2.1/register'],
  ['MCP clients', 'GET /oauth/2.1/authorize'],
  ['MCP clients', 'POST /oauth/2.1/token'],
  ['MCP servers', 'POST /oauth/2.1/introspect'],
];

const TITLES = ['Function', 'Request', 'Answer', 'Webhooks'];

export interface Row extends Tried {
  readonly name: string;
}

/** The kept file: for each client, its functions, what they send, and what comes of it. */
export function fileOf(clients: readonly Client[], rowsOf: (client: Client) => Row[]): string {
  const written = new Set<string>();
  const parts = clients.flatMap((client) => {
    const rows = rowsOf(client).map(cellsOf);
    const others = rows.filter((cells) => !written.has(cells.join()));
    for (const cells of rows) written.add(cells.join());
    const note = others.length < rows.length ? ['The functions above, and:', ''] : [];
    return [`## ${client}`, '', ...note, ...tableOf(TITLES, others), ''];
  });
  const further = OTHER_REQUESTS.map(([client, request]) => [client, `\`${request}\``]);
  const others = ['## Other clients', '', ...tableOf(['Client', 'Request'], further), ''];
  return [INTRODUCTION, ...parts, ...others].join('\n');
}

function cellsOf({ name, requests, events }: Row): string[] {
  const sent = requests.map(({ method, path }) => `\`${method} ${path}\``);
  const types = [...new Set(events)].map((type) => `\`${type}\``);
  const statuses = requests.map(({ status }) => status);
  return [`\`${name}\``, sent.join(', ') || 'none', statuses.join(', '), types.join(', ')];
}

/** As the formatter of this project writes it. */
function tableOf(titles: string[], rows: string[][]): string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = widths.map((width) => '-'.repeat(width));
  return [titles, lines, ...rows].map((cells) => {
    const padded = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `| ${padded.join(' | ')} |`;
  });
}
