import type { UserClass } from '@propelauth/node-apis';
import { DeciderSetup } from '../../test/guard/decider-setup.js';
import type { TokenAuthenticator } from '../callers/token/token-authenticator.js';
import { Decision } from '../decision/decision.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import type { OpenStreams, StreamAccess } from '../streams/open-streams.js';
import type { SocketStreams } from '../streams/socket-streams.js';
import { DecidedStreams } from './decided-streams.js';

const NOW = 42;
const EXPIRY = 1_800_000_000;
const user = { userId: 'user-alice' } as UserClass;
const socket = {};

/** What is kept about the connection of a message that was decided so. */
function keptFor(known: object): StreamAccess | undefined {
  let kept: StreamAccess | undefined;
  const sockets = {
    add: (client: object, access: StreamAccess) => (kept = client === socket ? access : kept),
  };
  const tokens = { validUntil: (one: UserClass) => (one === user ? EXPIRY * 1000 : undefined) };
  const streams = new DecidedStreams(
    { now: NOW } as OpenStreams,
    sockets as unknown as SocketStreams,
    tokens as unknown as TokenAuthenticator,
    {} as ResolvedOptions,
  );
  const decision = new Decision(new DeciderSetup({}).context('ws', [socket, {}]), undefined);
  streams.begin(decision);
  Object.assign(decision, known);
  streams.keep(decision);
  return kept;
}

describe('A connection that stays open', () => {
  it.each<[string, object, Partial<StreamAccess>]>([
    ['a user', { user }, { userId: 'user-alice', orgIds: new Set(), validUntil: EXPIRY * 1000 }],
    [
      'a user in an organization',
      { user, org: { orgId: 'acme' } },
      { userId: 'user-alice', orgIds: new Set(['acme']), validUntil: EXPIRY * 1000 },
    ],
    [
      'an API key of a user',
      { apiKey: { user } },
      { userId: 'user-alice', orgIds: new Set(), validUntil: undefined },
    ],
    [
      'an API key of a member',
      { apiKey: { user, org: { orgId: 'acme' } } },
      { userId: 'user-alice', orgIds: new Set(['acme']), validUntil: undefined },
    ],
    [
      'an API key of an organization',
      { apiKey: { org: { orgId: 'acme' } }, org: { orgId: 'acme' } },
      { userId: undefined, orgIds: new Set(['acme']), validUntil: undefined },
    ],
    [
      'an MCP client',
      { mcp: { userId: 'user-bob', orgId: 'globex', expiresAt: EXPIRY }, org: { orgId: 'acme' } },
      { userId: 'user-bob', orgIds: new Set(['acme', 'globex']), validUntil: EXPIRY * 1000 },
    ],
    [
      'an MCP client with its user',
      { user, mcp: { userId: 'user-alice', expiresAt: EXPIRY - 100 } },
      { userId: 'user-alice', orgIds: new Set(), validUntil: (EXPIRY - 100) * 1000 },
    ],
  ])('ends with the access of %s, from before the decision', (_who, known, access) => {
    expect(keptFor(known)).toEqual({ ...access, decidedSince: NOW });
  });

  it.each([
    ['nobody', {}],
    ['an API key of nobody', { apiKey: {} }],
  ])('does not end with the access of %s', (_who, known) => {
    expect(keptFor(known)).toBeUndefined();
  });
});
