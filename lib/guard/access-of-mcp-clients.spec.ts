import type { UserClass } from '@propelauth/node-apis';
import { client, DeciderSetup, org, user } from '../../test/guard/decider-setup.js';
import { mcp, RESOURCE } from '../../test/support/mcp-options.js';
import { checksOf, ofOrg, ofScopes } from '../../test/support/written-rules.js';
import type { McpOptions } from '../mcp/mcp-options.js';
import type { Policy } from '../rules/policy.js';
import { callersOf } from '../../test/support/callers.js';

describe('An MCP client', () => {
  it('is rejected without the scope, before its user is requested', async () => {
    const setup = new DeciderSetup(
      { callers: callersOf('mcp'), checks: checksOf(ofScopes('write')) },
      { mcp },
    );
    setup.caller = client;
    expect(await setup.rejection()).toBe('scope_missing');
    expect(setup.steps).toEqual(['begin stream', 'reached', 'caller']);
  });

  it.each<[true | undefined, UserClass | null]>([
    [true, user],
    [undefined, null],
  ])('has its user requested only if needed: %s', async (needsPresentUser, known) => {
    const setup = new DeciderSetup(
      { callers: callersOf('mcp'), needsPresentUser, checks: checksOf(ofOrg({ type: 'member' })) },
      { mcp },
    );
    setup.caller = client;
    expect(await setup.call()).toMatchObject({
      identified: { identity: { token: client.token } },
      user: known,
      org,
    });
    expect(setup.steps).toEqual([
      'begin stream',
      'reached',
      'caller',
      'present user',
      'org',
      'prepare',
      'keep stream',
    ]);
    expect(setup.request['auth']).toMatchObject({ scopes: ['read'], resource: new URL(RESOURCE) });
  });

  it.each<[string, Partial<Policy>, { mcp?: McpOptions }, unknown]>([
    ['a tool', { callers: callersOf('mcp') }, { mcp }, 'origin_not_allowed'],
    ['the endpoint controller', { isEndpoint: true }, { mcp }, 'origin_not_allowed'],
    ['the endpoint controller without mcpServer()', { isEndpoint: true }, {}, 'let in'],
    ['another route', { callers: callersOf('user') }, { mcp }, 'let in'],
  ])(
    'of a disallowed web page is rejected before any other check: %s',
    async (_of, policy, options, outcome) => {
      const setup = new DeciderSetup(policy, options);
      setup.request.headers = { origin: 'https://evil.example.com' };
      expect(await setup.rejection()).toBe(outcome);
      expect(setup.steps.includes('caller')).toBe(outcome === 'let in');
    },
  );

  it('calls the endpoint controller with the scopes of what it calls', async () => {
    const setup = new DeciderSetup({ callers: callersOf('public'), isEndpoint: true }, { mcp });
    setup.caller = client;
    expect(await setup.rejection()).toBe('scope_missing');
    expect(setup.steps).toEqual(['policy of the endpoint', 'reached', 'caller']);
  });
});
