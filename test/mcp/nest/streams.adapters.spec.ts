import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer } from 'nestjs-propelauth/mcp';
import {
  alice,
  bob,
  LiveApplication,
  NOW,
  watchTimers,
} from '../../transports/live-application.js';
import { startApplication } from '../../support/application.js';
import type { PropelAuthOptions } from '../../support/guarded-application.js';
import { mcpNest } from '../../support/mcp-nest.js';
import { ACME_ID } from '../../support/project.js';
import { KnownMcpTokens } from '../known-mcp-tokens.js';
import { listen } from '../listen.js';
import { Reports } from './reports.parts.js';
import { mcp } from '../../support/mcp-options.js';
import { countOf } from '../../support/open-streams.js';

type Fields = Parameters<KnownMcpTokens['issue']>[0];

async function start(options: Partial<PropelAuthOptions> = {}) {
  const tokens = new KnownMcpTokens();
  const { endpoints, connect } = mcpNest();
  const live = await LiveApplication.start(
    (metadata) => startApplication(metadata, connect, (builder) => tokens.override(builder)),
    { controllers: [Reports, ...endpoints] },
    { plugins: [mcpServer(mcp), liveAccess()], ...options },
  );
  const open = (fields: Fields) => listen(`${live.url}/mcp`, tokens.issue(fields));
  return { live, open };
}

describe('A stream of subscriptions/listen', () => {
  it.each<[string, Fields]>([
    ['its user', { userId: alice.userId }],
    ['its user, in an organization', { userId: alice.userId, orgId: ACME_ID }],
  ])('ends when access of %s changes', async (_whose, fields) => {
    const { live, open } = await start();
    const subscription = await open(fields);
    await open({ userId: bob.userId });
    expect(countOf(live.streams)).toBe(2);
    await live.api.disableUser(alice.userId);
    await live.send('user.disabled');
    expect(await subscription.closed).toBe('remote');
    expect(countOf(live.streams)).toBe(1);
  });

  it('ends when the organization of its token is deleted', async () => {
    const { live, open } = await start();
    const subscription = await open({ userId: alice.userId, orgId: ACME_ID });
    await live.send('org.deleted', { org_id: ACME_ID });
    expect(await subscription.closed).toBe('remote');
  });

  it.each([
    ['with liveAccess', {}],
    ['without liveAccess', { plugins: [mcpServer(mcp)], webhooks: undefined }],
  ])('ends when its token expires, %s', async (_what, options) => {
    const { live, open } = await start(options);
    const timers = watchTimers();
    const expiresAt = NOW / 1000 + 1_234;
    const subscription = await open({ userId: alice.userId, expiresAt });
    timers.run(1_234_000);
    expect(await subscription.closed).toBe('remote');
    expect(countOf(live.streams)).toBe(0);
  });
});
