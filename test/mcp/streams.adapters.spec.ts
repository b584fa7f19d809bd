import { Controller, Sse, type MessageEvent } from '@nestjs/common';
import { CurrentUser, orgFromParam, RequireOrgMember, type User } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken } from 'nestjs-propelauth/mcp';
import { NEVER, type Observable, startWith } from 'rxjs';
import { alice, bob, LiveApplication, NOW, watchTimers } from '../transports/live-application.js';
import { startApplication } from '../support/application.js';
import { EventStreamClient } from '../support/event-stream-client.js';
import { until } from '../support/fake-timers.js';
import type { PropelAuthOptions } from '../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import { KnownMcpTokens } from './known-mcp-tokens.js';
import { mcp } from '../support/mcp-options.js';
import { countOf } from '../support/open-streams.js';

const org = orgFromParam('orgId');

@Controller()
@RequireMcpToken()
class EventsController {
  @Sse('events')
  ofToken(): Observable<MessageEvent> {
    return events();
  }

  @Sse('users/events')
  ofUser(@CurrentUser() _user: User): Observable<MessageEvent> {
    return events();
  }

  @Sse('orgs/:orgId/events')
  @RequireOrgMember({ org })
  ofOrg(): Observable<MessageEvent> {
    return events();
  }
}

function events(): Observable<MessageEvent> {
  return NEVER.pipe(startWith({ data: 'hello' }));
}

const PATHS = ['/events', '/users/events', `/orgs/${ACME_ID}/events`];
const inAcme = { userId: alice.userId, orgId: ACME_ID };

async function start(options?: Partial<PropelAuthOptions>) {
  const tokens = new KnownMcpTokens();
  const live = await LiveApplication.start(
    (metadata) => startApplication(metadata, undefined, (builder) => tokens.override(builder)),
    { controllers: [EventsController] },
    { plugins: [mcpServer(mcp), liveAccess()], ...options },
  );
  const open = async (path: string, fields: Parameters<KnownMcpTokens['issue']>[0]) => {
    const text = tokens.issue(fields);
    const headers = async () => ({ authorization: `Bearer ${text}` });
    const client = await EventStreamClient.open(live.url + path, headers);
    await client.received(1);
    return client;
  };
  return { live, open };
}

describe('An event stream that an MCP token opened', () => {
  it.each(PATHS)('ends at %s when access of its user changes', async (path) => {
    const { live, open } = await start();
    const client = await open(path, inAcme);
    const other = await open('/events', { userId: bob.userId });
    await live.api.disableUser(alice.userId);
    await live.send('user.disabled');
    await until(() => client.isOver);
    expect([client.breaks, client.statuses]).toEqual([1, [200, 401]]);
    expect([other.breaks, countOf(live.streams)]).toEqual([0, 1]);
  });

  it.each(PATHS)('ends at %s when the organization of its token is deleted', async (path) => {
    const { live, open } = await start();
    const client = await open(path, inAcme);
    const other = await open('/events', { userId: alice.userId, orgId: GLOBEX_ID });
    await live.send('org.deleted', { org_id: ACME_ID });
    await until(() => client.breaks > 0);
    expect(other.breaks).toBe(0);
  });

  it.each<[string, string, Partial<PropelAuthOptions>]>([
    ...PATHS.map((path) => [path, 'with liveAccess', {}] as [string, string, object]),
    ...PATHS.map(
      (path) =>
        [path, 'without it', { plugins: [mcpServer(mcp)], webhooks: undefined }] as [
          string,
          string,
          object,
        ],
    ),
  ])('ends at %s when its token expires, %s', async (path, _what, options) => {
    const { live, open } = await start(options);
    const timers = watchTimers();
    const client = await open(path, { ...inAcme, expiresAt: NOW / 1000 + 1_234 });
    expect(timers.count(1_234_000)).toBe(1);
    timers.run(1_234_000);
    await until(() => client.breaks > 0);
    expect(countOf(live.streams)).toBeLessThanOrEqual(1);
  });

  it('stays open when its token expires under endStreamsAtExpiry: false', async () => {
    const { open } = await start({ endStreamsAtExpiry: false });
    const timers = watchTimers();
    await open('/events', { ...inAcme, expiresAt: NOW / 1000 + 1_234 });
    expect(timers.count(1_234_000)).toBe(0);
  });
});
