import type { ServerResponse } from 'node:http';
import { All, Controller, Req, Res } from '@nestjs/common';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { alice, bob, LiveApplication, NOW, watchTimers } from '../transports/live-application.js';
import { startApplication } from '../support/application.js';
import { until } from '../support/fake-timers.js';
import type { PropelAuthOptions } from '../support/guarded-application.js';
import { ACME_ID } from '../support/project.js';
import { KnownMcpTokens } from './known-mcp-tokens.js';
import { listen } from './listen.js';
import { nodeResponseOf, type Incoming, type Outgoing } from './node-exchange.js';
import { mcp } from '../support/mcp-options.js';
import { countOf } from '../support/open-streams.js';

/** How often a response that may become a stream is looked at when its access is over. */
const CHECK_MILLISECONDS = 1_000;

/** The response that waits for the test to send it. */
let waiting: ServerResponse | undefined;

@Controller()
@RequireMcpToken()
class PlainController {
  private readonly serve = toNodeHandler(
    createMcpHandler(() => {
      const server = new McpServer({ name: 'plain', version: '1.0.0' });
      server.registerTool('whoami', {}, () => ({ content: [] }));
      return server;
    }),
  );

  @All('mcp')
  withSdk(@Req() request: Incoming, @Res() response: Outgoing) {
    return this.serve(request.raw ?? request, nodeResponseOf(response), request.body);
  }

  @All('events')
  withoutSdk(@Res() response: Outgoing): void {
    beginStream(nodeResponseOf(response));
  }

  @All('late')
  late(@Res() response: Outgoing): void {
    waiting = nodeResponseOf(response);
  }
}

function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: hello\n\n');
}

async function start(options: Partial<PropelAuthOptions> = {}) {
  waiting = undefined;
  const tokens = new KnownMcpTokens();
  const live = await LiveApplication.start(
    (metadata) => startApplication(metadata, undefined, (builder) => tokens.override(builder)),
    { controllers: [PlainController] },
    { plugins: [mcpServer(mcp), liveAccess()], ...options },
  );
  type Fields = Parameters<KnownMcpTokens['issue']>[0];
  return {
    live,
    open: (fields: Fields) => listen(`${live.url}/mcp`, tokens.issue(fields)),
    /** What a tool call claims to be, so that the body of the request must make no difference. */
    post: (path: string, fields: Fields) =>
      fetch(live.url + path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${tokens.issue(fields)}`,
        },
        body: JSON.stringify({ method: 'tools/call', params: { name: 'whoami' } }),
      }),
  };
}

const inAcme = { userId: alice.userId, orgId: ACME_ID };

describe('A stream of subscriptions/listen that a plain controller serves', () => {
  it('ends when access of its user changes, and no other stream does', async () => {
    const { live, open } = await start();
    const subscription = await open(inAcme);
    await open({ userId: bob.userId });
    await until(() => countOf(live.streams) === 2);
    await live.api.disableUser(alice.userId);
    await live.send('user.disabled');
    expect(await subscription.closed).toBe('remote');
    expect(countOf(live.streams)).toBe(1);
  });

  it('ends when the organization of its token is deleted', async () => {
    const { live, open } = await start();
    const subscription = await open(inAcme);
    await live.send('org.deleted', { org_id: ACME_ID });
    expect(await subscription.closed).toBe('remote');
  });

  it.each<[string, Partial<PropelAuthOptions>]>([
    ['with liveAccess', {}],
    ['without liveAccess', { plugins: [mcpServer(mcp)], webhooks: undefined }],
  ])('ends when its token expires, %s', async (_what, options) => {
    const { live, open } = await start(options);
    const timers = watchTimers();
    const subscription = await open({ ...inAcme, expiresAt: NOW / 1000 + 1_234 });
    timers.run(1_234_000);
    expect(await subscription.closed).toBe('remote');
    expect(countOf(live.streams)).toBe(0);
  });
});

describe('A response to an MCP token', () => {
  it('ends if access changes after it began, whatever the request says', async () => {
    const { live, post } = await start();
    const response = await post('/events', inAcme);
    expect(countOf(live.streams)).toBe(1);
    await live.send('user.disabled');
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('is sent if access changes while its handler prepares it', async () => {
    const { live, post } = await start();
    const timers = watchTimers();
    const pending = post('/late', inAcme);
    await until(() => waiting !== undefined);
    await live.send('user.disabled');
    waiting?.end('done');
    const response = await pending;
    expect([response.status, await response.text()]).toEqual([200, 'done']);
    const checks = timers.count(CHECK_MILLISECONDS);
    timers.run(CHECK_MILLISECONDS);
    expect([checks, timers.count(CHECK_MILLISECONDS)]).toEqual([1, 1]);
  });

  it('ends if it becomes a stream after access has changed', async () => {
    const { live, post } = await start();
    const timers = watchTimers();
    const pending = post('/late', inAcme);
    await until(() => waiting !== undefined);
    await live.send('user.disabled');
    beginStream(waiting as ServerResponse);
    const response = await pending;
    timers.run(CHECK_MILLISECONDS);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('is no longer tracked once it is sent', async () => {
    const { live, post } = await start();
    const response = await post('/mcp', inAcme);
    await response.text();
    await until(() => countOf(live.streams) === 0);
    expect(countOf(live.streams)).toBe(0);
  });
});
