import type { UserClass } from '@propelauth/node-apis';
import { client, DeciderSetup, org, user } from '../../test/guard/decider-setup.js';
import { mcp, RESOURCE } from '../../test/support/mcp-options.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import type { Policy } from '../rules/policy.js';

const member = [{ kind: 'member' }] as const;

describe('An MCP client', () => {
  it('is rejected without the scope, before anything is asked about the user', async () => {
    const setup = new DeciderSetup({ mode: 'mcp', scopes: ['write'] }, { mcp });
    setup.caller = client;
    expect(await setup.refusal()).toBe('scope_missing');
    expect(setup.steps).toEqual(['begin stream', 'reached', 'caller']);
  });

  it.each<[true | undefined, UserClass | null]>([
    [true, user],
    [undefined, null],
  ])('comes with its user only where that is needed: %s', async (needsPresentUser, known) => {
    const setup = new DeciderSetup(
      { mode: 'mcp', needsPresentUser, orgRequirements: member },
      { mcp },
    );
    setup.caller = client;
    expect(await setup.call()).toMatchObject({ mcp: client.token, user: known, org });
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

  it.each<[string, Partial<Policy>, Partial<PropelAuthModuleOptions>, unknown]>([
    ['a tool', { mode: 'mcp' }, { mcp }, 'origin_not_allowed'],
    ['a tool without the option mcp', { mode: 'mcp' }, {}, 'origin_not_allowed'],
    ['the front', { isMcpFront: true }, { mcp }, 'origin_not_allowed'],
    ['the front of nothing', { isMcpFront: true }, {}, 'let in'],
    ['another route', { mode: 'user' }, { mcp }, 'let in'],
  ])(
    'of a web page that may not call is rejected before others: %s',
    async (_of, policy, options, outcome) => {
      const setup = new DeciderSetup(policy, options);
      setup.request.headers = { origin: 'https://evil.example.com' };
      expect(await setup.refusal()).toBe(outcome);
      expect(setup.steps.includes('caller')).toBe(outcome === 'let in');
    },
  );

  it('calls the front under the rules of what it calls', async () => {
    const setup = new DeciderSetup({ mode: 'public', isMcpFront: true }, { mcp });
    await setup.call();
    expect(setup.steps).toEqual(['policy of the front', 'caller', 'prepare']);
  });

  it('is let in once its request is prepared', async () => {
    const setup = new DeciderSetup({ mode: 'mcp' }, { mcp });
    setup.caller = client;
    setup.prepared = Promise.resolve();
    expect(await setup.call()).toMatchObject({ mcp: client.token, isAllowed: true });
    expect(setup.steps.slice(-2)).toEqual(['prepare', 'keep stream']);
  });

  it('waits until its request is prepared, and is rejected where that fails', async () => {
    const setup = new DeciderSetup({ mode: 'mcp' }, { mcp });
    setup.caller = client;
    setup.prepared = Promise.reject(new Error('no user'));
    expect(await setup.refusal()).toEqual(new Error('no user'));
    expect(setup.steps).not.toContain('keep stream');
  });
});
