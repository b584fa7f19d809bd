import type { ServerResponse } from 'node:http';
import { All, Controller, Req, Res, Sse, type MessageEvent } from '@nestjs/common';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { CurrentUser, orgFromParam, RequireOrgMember, type User } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { NEVER, startWith, type Observable } from 'rxjs';
import { startApplication } from '../support/application.js';
import { EventStreamClient } from '../support/event-stream-client.js';
import { until } from '../support/fake-timers.js';
import type { PropelAuthOptions } from '../support/guarded-application.js';
import { mcpNest } from '../support/mcp-nest.js';
import { mcp } from '../support/mcp-options.js';
import { countOf } from '../support/open-streams.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import { alice, bob, LiveApplication, NOW, watchTimers } from '../transports/live-application.js';
import { KnownMcpTokens } from './known-mcp-tokens.js';
import { Reports } from './nest/reports.parts.js';
import { listen } from './listen.js';
import { nodeResponseOf, type Incoming, type Outgoing } from './node-exchange.js';

/** How often a response that may become a stream is looked at when its access is over. */
const CHECK_MILLISECONDS = 1_000;

/** The response that waits for the test to send it. */
let waiting: ServerResponse | undefined;
beforeEach(() => (waiting = undefined));

@Controller()
@RequireMcpToken()
class StreamsController {
  private readonly serve = toNodeHandler(
    createMcpHandler(() => {
      const server = new McpServer({ name: 'plain', version: '1.0.0' });
      server.registerTool('whoami', {}, () => ({ content: [] }));
      return server;
    }),
  );

  @Sse('sse')
  ofToken(): Observable<MessageEvent> {
    return NEVER.pipe(startWith({ data: 'hello' }));
  }

  @Sse('sse/user')
  ofUser(@CurrentUser() _user: User): Observable<MessageEvent> {
    return this.ofToken();
  }

  @Sse('sse/orgs/:orgId')
  @RequireOrgMember({ org: orgFromParam('orgId') })
  ofOrg(): Observable<MessageEvent> {
    return this.ofToken();
  }

  @All('sdk')
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

/** Opens a stream. What it gives back waits until the server has ended the stream. */
type Open = (url: string, token: string) => Promise<() => Promise<unknown>>;

const sse: Open = async (url, token) => {
  const client = await EventStreamClient.open(url, async () => ({
    authorization: `Bearer ${token}`,
  }));
  await client.received(1);
  return () => until(() => client.breaks > 0).then(() => client.close());
};
/** `subscriptions/listen`, as the official client does. */
const listening: Open = async (url, token) => {
  const { closed } = await listen(url, token);
  return () => closed.then((by) => expect(by).toBe('remote'));
};

type Streams = [path: string, open: Open][];
const EVENTS: Streams = [['sse', sse]];
const EVENTS_OF_USER: Streams = [
  ['sse/user', sse],
  [`sse/orgs/${ACME_ID}`, sse],
];
/** `mcp` is served by mcp-nest. */
const LISTENING: Streams = [
  ['sdk', listening],
  ['mcp', listening],
];
const OF_TOKEN = [...EVENTS, ...LISTENING];
const ALL = [...OF_TOKEN, ...EVENTS_OF_USER];

type Fields = Parameters<KnownMcpTokens['issue']>[0];
const inAcme = { userId: alice.userId, orgId: ACME_ID };
const expiring = { ...inAcme, expiresAt: NOW / 1000 + 1_234 };

async function start(options: Partial<PropelAuthOptions> = {}) {
  const tokens = new KnownMcpTokens();
  const { endpoints, connect } = mcpNest();
  const live = await LiveApplication.start(
    (metadata) => startApplication(metadata, connect, (builder) => tokens.override(builder)),
    { controllers: [StreamsController, Reports, ...endpoints] },
    { plugins: [mcpServer(mcp), liveAccess()], ...options },
  );
  return {
    live,
    open: (streams: Streams, fields: Fields) =>
      Promise.all(streams.map(([path, open]) => open(`${live.url}/${path}`, tokens.issue(fields)))),
    /** What a tool call claims to be, so that the body of the request must make no difference. */
    post: (path: string, fields: Fields) =>
      fetch(`${live.url}/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${tokens.issue(fields)}`,
        },
        body: JSON.stringify({ method: 'tools/call', params: { name: 'whoami' } }),
      }),
  };
}

/** Waits until so many streams are open, and no more. */
async function expectOpen({ streams }: LiveApplication, count: number): Promise<void> {
  await until(() => countOf(streams) === count).catch(() => {});
  expect(countOf(streams)).toBe(count);
}

async function disable(live: LiveApplication): Promise<void> {
  await live.api.disableUser(alice.userId);
  await live.send('user.disabled');
}

describe('The streams that MCP tokens opened', () => {
  it.each<[string, Streams, Fields, others: Fields, (live: LiveApplication) => Promise<void>]>([
    ['access of their user changes', ALL, inAcme, { userId: bob.userId }, disable],
    [
      'access changes, of no organization',
      OF_TOKEN,
      { userId: alice.userId },
      { userId: bob.userId },
      disable,
    ],
    [
      'the organization of their token is deleted',
      ALL,
      inAcme,
      { userId: alice.userId, orgId: GLOBEX_ID },
      (live) => live.send('org.deleted', { org_id: ACME_ID }),
    ],
  ])('end when %s, and no others', async (_what, streams, fields, others, happen) => {
    const { live, open } = await start();
    const opened = await open(streams, fields);
    await open(OF_TOKEN, others);
    await expectOpen(live, streams.length + OF_TOKEN.length);
    await happen(live);
    await Promise.all(opened.map((ended) => ended()));
    await expectOpen(live, OF_TOKEN.length);
  });

  it.each<[string, Partial<PropelAuthOptions>]>([
    ['with liveAccess', {}],
    ['without liveAccess', { plugins: [mcpServer(mcp)], webhooks: undefined }],
  ])('end when their token expires, %s', async (_what, options) => {
    const { live, open } = await start(options);
    const timers = watchTimers();
    const events = await open([...EVENTS, ...EVENTS_OF_USER], expiring);
    expect(timers.count(1_234_000)).toBe(events.length);
    const opened = [...events, ...(await open(LISTENING, expiring))];
    timers.run(1_234_000);
    await Promise.all(opened.map((ended) => ended()));
    await expectOpen(live, 0);
  });

  it('stay open when their token expires under endStreamsAtExpiry: false', async () => {
    const { open } = await start({ endStreamsAtExpiry: false });
    const timers = watchTimers();
    await open(ALL, expiring);
    expect(timers.count(1_234_000)).toBe(0);
  });
});

describe('A response to an MCP token', () => {
  it('ends if access changes after it began, whatever the request says', async () => {
    const { live, post } = await start();
    const response = await post('events', inAcme);
    expect(countOf(live.streams)).toBe(1);
    await live.send('user.disabled');
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('is sent if access changes while its handler prepares it', async () => {
    const { live, post } = await start();
    const timers = watchTimers();
    const pending = post('late', inAcme);
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
    const pending = post('late', inAcme);
    await until(() => waiting !== undefined);
    await live.send('user.disabled');
    beginStream(waiting as ServerResponse);
    const response = await pending;
    timers.run(CHECK_MILLISECONDS);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('is no longer tracked once it is sent', async () => {
    const { live, post } = await start();
    const response = await post('sdk', inAcme);
    await response.text();
    await expectOpen(live, 0);
  });
});
