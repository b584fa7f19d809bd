import { ALL_CREDENTIALS } from './credentials.js';
import type { Table } from './table.js';
import type { Fates } from './streams.js';
import { FURTHER_RULES, SHARED_MESSAGES } from './further-calls.js';
import { REQUESTS, REQUESTS_BY_DEFAULT, RULES_OF_FIELDS } from './graphql-fields.js';
import { RULES_BY_DEFAULT } from './further-rules.js';
import { UNTRACEABLE } from './http-calls.js';
import { RULES } from './rules.js';
import { differences, linesOf, messagesOf } from './written-table.js';

const INTRODUCTION = `# Who gets in, and what everyone gets

Generated from real calls by \`outcomes.spec.ts\`. \`UPDATE_OUTCOMES=1 npm test -- test/calls\` writes it anew.

Each block begins with an outcome: what the client gets (with the challenge of HTTP in parentheses), what the parameters of the handler are,
what \`identify()\` and \`callerKey()\` say during the call or after its rejection, and what \`onDecision\` reports. Below it are the credentials
that get it, and after the arrow the handlers. \`self\` is the user whose credential it is; \`user@org\` an organization besides the user.
\`ip\` is the address. Variants of API keys and MCP tokens are tried only where such a credential is accepted or any caller gets in.
Credentials that a transport has no place for are left out. "owner", "member" and "outsider" are access tokens: of an Owner of Acme, a Member, and
a user without organizations. All others belong to the Owner, unless their name says otherwise; "member-key" is the Member's key for Acme.

GraphQL queries and fields come over HTTP, subscriptions over graphql-ws. The MCP tools are those of \`@rekog/mcp-nest\`, behind a controller
under \`@RequireMcpToken()\`. Tables "by default" and "ws" are under \`requireUserByDefault\`, which is off elsewhere.

"service" is an own kind of callers: an Admin of Acme with the scope and the region, unless its name says otherwise. The Owner and services have
accounts. Where a request or message reaches several handlers, what happens is in alphabetical order, with the names of the handlers, and
"guard" is what a guard of the handler learns, if the handler has another caller or no parameters. "asks" is what PropelAuth is asked, and
"loads" how often the application is asked for an account.
`;

const HANDLERS = new Set([
  ...RULES,
  UNTRACEABLE,
  ...RULES_BY_DEFAULT,
  ...RULES_OF_FIELDS,
  ...FURTHER_RULES,
]);

/** Everything that the suite has seen. */
export interface Seen {
  readonly tables: readonly Table[];
  /** The same over Fastify, of those that could differ. */
  readonly overFastify: readonly Table[];
  readonly fates: Fates;
  readonly fatesOverFastify: Fates;
}

/** The kept file. */
export function fileOf({ tables, overFastify, fates, fatesOverFastify }: Seen): string {
  return `${[
    INTRODUCTION,
    '## Handlers\n',
    ...[...HANDLERS].map(({ name, words }) => `- ${name}: \`${words}\``),
    '',
    '## Requests and messages that reach several handlers\n',
    ...[...new Set([...REQUESTS, ...REQUESTS_BY_DEFAULT])].map(
      ({ name, words }) => `- ${name}: \`${words}\``,
    ),
    ...SHARED_MESSAGES.map(({ name, words }) => `- ${name}: ${words}`),
    '',
    '## Credentials\n',
    `${ALL_CREDENTIALS.map(({ name }) => name).join('; ')}.`,
    '',
    ...tables.flatMap((table) => [
      `## ${table.name}`,
      '',
      '```text',
      ...linesOf(table.rows),
      '```',
      '',
    ]),
    '## Messages',
    '',
    ...messagesOf(tables),
    '',
    '## Streams',
    '',
    ...fateLines(fates),
    '',
    '## What differs over Fastify',
    '',
    ...overFastify.flatMap((table) => {
      const express = tables.find(({ name }) => name === table.name)!;
      return differences(express, table);
    }),
    ...fateDifferences(fates, fatesOverFastify),
    '',
    'Nothing else.',
  ].join('\n')}\n`;
}

function fateLines(fates: Fates): string[] {
  return [...fates].map(([stream, byChange]) => {
    const ends = [...byChange].map(([change, fate]) => `${change}: ${fate}`);
    return `- ${stream} – ${ends.join('; ')}`;
  });
}

function fateDifferences(express: Fates, fastify: Fates): string[] {
  return [...fastify].flatMap(([stream, byChange]) =>
    [...byChange].flatMap(([change, fate]) =>
      express.get(stream)?.get(change) === fate ? [] : [`- ${stream}, ${change}: ${fate}`],
    ),
  );
}
