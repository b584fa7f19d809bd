import { Public } from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { alice, carol, dave } from '../../support/project.js';
import {
  callOf,
  listOf,
  rpc,
  startMcpServer,
  type McpServerOfTest,
} from '../../support/mcp-nest.js';
import { calls, Reports } from './reports.parts.js';

beforeEach(() => void (calls.length = 0));

describe('try', () => {
  let server: McpServerOfTest;
  beforeAll(async () => {
    server = await startMcpServer([Reports], { front: [RequireMcpToken()] });
  });

  it('x', async () => {
    const out = [];
    for (const [who, token] of [
      ['none', undefined],
      ['alice', server.tokens.token(alice, ['read:reports', 'write:reports'])],
      ['carol', server.tokens.token(carol, ['read:reports'])],
      ['dave', server.tokens.token(dave)],
    ] as const) {
      for (const name of [
        'hello',
        'plain',
        'whoami',
        'read_reports',
        'edit_reports',
        'bill',
        'nope',
      ]) {
        const { status, challenge, body } = await server.send(callOf(name), { token });
        out.push([who, name, status, challenge, JSON.stringify(body)].join(' | '));
      }
      for (const m of [
        rpc('resources/read', { uri: 'reports://open' }),
        rpc('resources/read', { uri: 'reports://all' }),
        rpc('resources/read', { uri: 'report://7' }),
        rpc('prompts/get', { name: 'summarize' }),
        rpc('prompts/get', { name: 'greet' }),
        listOf('tools'),
      ]) {
        const { status, challenge, body } = await server.send(m, { token });
        out.push(
          [
            who,
            JSON.stringify(m),
            status,
            challenge,
            JSON.stringify(body.result?.['tools']?.map((t: any) => [t.name, t._meta]) ?? body),
          ].join(' | '),
        );
      }
    }
    console.log(out.join('\n'));
    void Public;
  });
});
