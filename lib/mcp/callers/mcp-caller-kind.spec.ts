import { mcp } from '../../../test/support/mcp-options.js';
import { McpServerOptions } from '../mcp-options.js';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { UserClass } from '@propelauth/node-apis';
import { fake } from '../../../test/support/fake.js';
import { accessSubject } from '../../plugins/current-access.js';
import type { PresentUsers } from '../../propelauth/users/present-users.js';
import type { McpToken } from '../../types/mcp-token.interface.js';
import type { RuledHandler } from '../../rules/rule.js';
import { callOf } from '../../transports/call-of.js';
import { OPAQUE_BEARER } from '../../callers/credential-places.js';
import { McpCaller, McpCallerKind } from './mcp-caller-kind.js';
import type { McpTokenAuthenticator } from './mcp-token-authenticator.js';

const TOKEN = 'opaque';
const ISSUED_AT = 1_700_000_000;
const UNREACHED =
  /^A rule about MCP tokens is on a handler that MCP clients cannot call\. Move it to an HTTP controller, or to a controller of @rekog/;
const EXPIRES_AT = ISSUED_AT + 3_600;
const token = { userId: 'user-alice', expiresAt: EXPIRES_AT } as McpToken;
const SUBJECT = accessSubject('user-alice', [], { issuedAt: ISSUED_AT, expiresAt: EXPIRES_AT });
const user = { userId: 'user-alice' } as UserClass;

/** Clients whose tokens and users answer as given, and write down what they are asked. */
function clients({ present = undefined as UserClass | undefined, isKnown = true } = {}) {
  const asked: unknown[][] = [];
  const noted =
    <Answer>(question: string, answer: Answer) =>
    (...given: unknown[]) => {
      asked.push([question, ...given]);
      return answer;
    };
  const introspected = { token, issuedAt: ISSUED_AT };
  const callers = new McpCallerKind(
    fake<McpTokenAuthenticator>({
      authenticate: noted('token', Promise.resolve(introspected)),
      recall: noted('known token', isKnown ? introspected : undefined),
    }),
    fake<PresentUsers>({
      userOf: noted('user', Promise.resolve(present)),
    }),
    new McpServerOptions(mcp),
  );
  return { asked, callers };
}

const request = {
  headers: { authorization: `Bearer ${TOKEN}` },
  ip: '192.0.2.1',
  socket: { remoteAddress: '192.0.2.1' },
};
const call = callOf(new ExecutionContextHost([request, {}]));
const withoutToken = callOf(new ExecutionContextHost([{ headers: { 'x-api-key': 'a key' } }, {}]));

describe('The MCP client of a call', () => {
  it('is requested once for the whole call, with its address', async () => {
    const { asked, callers } = clients();
    expect(await callers.identify(TOKEN, call)).toEqual(new McpCaller(token, undefined, ISSUED_AT));
    expect(asked).toEqual([['token', TOKEN, '192.0.2.1', request]]);
  });

  it('is recalled if its token is cached, and otherwise unknown, without a request', () => {
    const known = clients();
    expect(known.callers.recall(TOKEN)).toEqual(new McpCaller(token, undefined, ISSUED_AT));
    expect(known.asked).toEqual([['known token', TOKEN]]);
    expect(clients({ isKnown: false }).callers.recall(TOKEN)).toBeUndefined();
  });

  it('must send its token in the Authorization header', () => {
    const { callers } = clients();
    expect(callers.find(call)).toBe(TOKEN);
    expect(callers.find(withoutToken)).toBeUndefined();
  });
});

describe('The user of an MCP client', () => {
  const caller = new McpCaller(token, undefined, ISSUED_AT);

  it.each([true, undefined])('is the present one, if it is needed (%s)', async (needed) => {
    const { asked, callers } = clients({ present: user });
    const present = await callers.refresh(caller, { needsPresentUser: needed as true });
    expect(present).toEqual(new McpCaller(token, user, ISSUED_AT, needed === true));
    expect(asked).toEqual([['user', SUBJECT, needed === true]]);
  });

  it.each<[string, object, object]>([
    ['is for one organization', { orgId: 'acme' }, { orgIds: ['acme'] }],
    ['has the date that PropelAuth says', {}, { issuedAt: ISSUED_AT, expiresAt: EXPIRES_AT }],
  ])('is asked about by a token that %s', async (_what, claims, subject) => {
    const { asked, callers } = clients();
    await callers.refresh(new McpCaller({ ...token, ...claims }, undefined, ISSUED_AT), {});
    expect(asked).toEqual([['user', expect.objectContaining(subject), false]]);
  });

  it('is unknown as long as what the token says counts', async () => {
    expect(await clients().callers.refresh(caller, {})).toBe(caller);
  });
});

describe('The security scheme of MCP clients', () => {
  it('says who issues tokens, for what, where clients learn it, and with which scopes', () => {
    const { metadataUrl } = new McpServerOptions(mcp);
    const scopes = mcp.scopes.map((scope) => `\`${scope}\``).join(', ');
    expect(clients().callers.describeScheme('https://auth.example.com')).toBe(
      'An access token that `https://auth.example.com/oauth/2.1` issued to an MCP client for ' +
        `\`${mcp.resource}\`. [${metadataUrl}](${metadataUrl}) tells MCP clients how to get one. Its scopes: ${scopes}.`,
    );
  });
});

describe('An MCP client', () => {
  const { callers } = clients();
  const caller = new McpCaller(fake<McpToken>({ ...token, clientId: 'client', expiresAt: 1_000 }));
  const ofAcme = new McpCaller(fake<McpToken>({ ...caller.token, orgId: 'acme' }));

  it('is told apart from other callers by the facts that the core asks for', () => {
    const { name, credential, hasUser, mayGetStream, missing, reasons, unanswered } = callers;
    expect({ name, credential, hasUser, mayGetStream, missing, reasons, unanswered }).toEqual({
      name: 'mcp',
      credential: [OPAQUE_BEARER],
      hasUser: true,
      mayGetStream: true,
      missing: 'mcp_token_missing',
      reasons: ['mcp_token_invalid', 'origin_not_allowed', 'propelauth_unavailable'],
      unanswered: {
        impersonation: 'an MCP token does not say whether an employee impersonates the user',
        'step-up': 'MCP clients cannot send a step-up grant. Use a scope for this action instead',
      },
    });
    expect(callers.inWords()).toBe('MCP client');
  });

  it('has access until its token expires', () => {
    const access = { userId: 'user-alice', orgId: undefined, validUntil: 1_000_000 };
    expect(callers.accessOf(caller)).toEqual(access);
    expect(callers.accessOf(ofAcme)).toEqual({ ...access, orgId: 'acme' });
  });

  it('is reported with the organization of its token, if it has one', () => {
    const reported = { credential: 'mcp-token', clientId: 'client' };
    expect(callers.report(caller)).toStrictEqual(reported);
    expect(callers.report(ofAcme)).toStrictEqual({ ...reported, orgId: 'acme' });
  });

  it('is not described with a user who is needed and unknown', () => {
    const needed = new McpCaller(caller.token, undefined, undefined, true);
    expect(callers.describe(needed)).not.toHaveProperty('user');
  });

  it.each([
    ['http', []],
    ['mcp', []],
    ['gateway', [expect.stringMatching(UNREACHED)]],
    ['operation', [expect.stringMatching(UNREACHED)]],
  ])('can call handlers of some types: %s', (type, findings) => {
    expect(callers.audit(fake<RuledHandler>({ type }))).toEqual(findings);
  });

  it('has no counts of a cache that is off', () => {
    const counts = { entries: 0, hits: 0, misses: 0 };
    const cachesWith = (ofTokens: typeof counts | undefined) =>
      new McpCallerKind(
        fake<McpTokenAuthenticator>({ counts: ofTokens }),
        fake<PresentUsers>({ counts }),
        new McpServerOptions(mcp),
      ).caches;
    expect(cachesWith(undefined)).toEqual([['user-access', counts]]);
    expect(cachesWith(counts)).toEqual([
      ['mcp-token', counts],
      ['user-access', counts],
    ]);
  });
});
