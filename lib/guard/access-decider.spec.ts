import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import type { IdentifiedCaller } from '../callers/caller-identifier.js';
import {
  apiKey,
  client,
  DeciderSetup,
  impersonated,
  org,
  user,
} from '../../test/guard/decider-setup.js';
import { findCaller, findDecision } from '../decision/decision.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { Refusal } from '../refusals/refusal.js';
import type { Policy } from '../rules/policy.js';

const member = [{ kind: 'member' }] as const;
const stepUps = [{ actionType: 'PAY', grantHeader: 'x-grant' }];
const source = (): string => 'a token';
const guardOf = (answer: boolean) => ({ canActivate: () => answer });

describe('A call', () => {
  it('of a public route is let in without asking who is calling', async () => {
    const setup = new DeciderSetup({ mode: 'public' });
    expect(setup.decider.decide(setup.context())).toBe(true);
    expect(setup.steps).toEqual([]);
  });

  it('is let in at once, and leaves the user on the request, when the caller is known', async () => {
    const setup = new DeciderSetup({ mode: 'user' });
    expect(setup.decider.decide(setup.context())).toBe(true);
    expect(setup.request['user']).toBe(user);
    expect(setup.steps).toEqual(['caller']);
  });

  it.each<[string, IdentifiedCaller, object]>([
    ['a user', user, { user, apiKey: null, mcp: null }],
    ['an API key', apiKey, { user: null, apiKey: apiKey.apiKey, mcp: null }],
    ['nobody', null, { user: null, apiKey: null, mcp: null, outcome: true }],
    ['an MCP client', client, { user: null, apiKey: null, mcp: client.token }],
  ])('knows afterwards who came, at once or later: %s', async (_who, caller, known) => {
    for (const answer of [caller, Promise.resolve(caller)]) {
      const setup = new DeciderSetup({ mode: 'user', scopes: ['read'] });
      setup.caller = answer;
      expect(await setup.call()).toMatchObject(known);
    }
  });

  it('is decided about once, however many guards ask', async () => {
    const setup = new DeciderSetup({ mode: 'user' });
    setup.caller = Promise.resolve(user);
    const context = setup.context();
    const decided = setup.decider.decide(context);
    expect(setup.decider.decide(context)).toBe(decided);
    await decided;
    expect(setup.decider.decide(context)).toBe(true);
    expect(setup.steps).toEqual(['caller']);
  });

  it.each([
    [
      'at once',
      () => {
        throw new Refusal('org_missing');
      },
    ],
    ['later', () => Promise.reject(new Refusal('org_missing'))],
  ])('that was rejected %s is rejected again with the same exception', async (_when, orgAnswer) => {
    const setup = new DeciderSetup({ orgRequirements: member });
    setup.orgAnswer = orgAnswer;
    const context = setup.context();
    expect(await setup.refusal(context)).toBe('org_missing');
    expect(await setup.refusal(context)).toBe('org_missing');
    expect(findDecision(context)).toMatchObject({ isRejected: true, isAllowed: false });
    expect(setup.steps).toEqual(['caller', 'org']);
  });

  it.each<[string, Partial<Policy>, unknown]>([
    ['is rejected', { deniesImpersonation: true }, 'impersonation_denied'],
    ['is let in where no rule says otherwise', {}, 'let in'],
  ])('of an employee who impersonates a user %s', async (_what, policy, outcome) => {
    const setup = new DeciderSetup(policy);
    setup.caller = impersonated;
    expect(await setup.refusal()).toBe(outcome);
  });

  it.each<[string, IdentifiedCaller]>([
    ['a user', user],
    ['an API key', apiKey],
  ])('of %s is let in where impersonation is denied', async (_who, caller) => {
    const setup = new DeciderSetup({ deniesImpersonation: true });
    setup.caller = caller;
    expect(await setup.refusal()).toBe('let in');
  });

  it.each<[string, IdentifiedCaller, object]>([
    ['a user', user, user.orgIdToUserOrgInfo ?? {}],
    ['an API key', apiKey, apiKey.memberships],
  ])('meets the organization rules by the memberships of %s', async (_who, caller, memberships) => {
    const setup = new DeciderSetup({ orgRequirements: member });
    setup.caller = caller;
    await setup.call();
    expect(setup.given['org']?.[2]).toBe(memberships);
  });

  it('meets the organization rules first and step-up MFA last', async () => {
    const setup = new DeciderSetup({ orgRequirements: member, stepUps });
    expect(await setup.call()).toMatchObject({ org });
    expect(setup.request['org']).toBe(org);
    expect(setup.steps).toEqual(['caller', 'org', 'step-up']);
  });

  it('meets step-up MFA by the headers of its request', async () => {
    const setup = new DeciderSetup({ stepUps });
    setup.request.headers = { 'x-grant': 'a grant' };
    await setup.call();
    expect(setup.given['step-up']?.slice(0, 3)).toEqual([user, stepUps, { 'x-grant': 'a grant' }]);
  });

  it('meets step-up MFA without headers where its transport has none', async () => {
    const setup = new DeciderSetup({ stepUps });
    await setup.call(setup.context('rpc', [{}]));
    expect(setup.given['step-up']?.[2]).toEqual({});
  });

  it('waits for the organization where a source does', async () => {
    const setup = new DeciderSetup({ orgRequirements: member, stepUps });
    setup.orgAnswer = async () => org;
    expect(await setup.call()).toMatchObject({ org });
    expect(setup.steps).toEqual(['caller', 'org', 'step-up']);
  });

  it('is let in when another library has made the properties of its request read-only', async () => {
    const setup = new DeciderSetup({});
    Object.defineProperty(setup.request, 'user', { value: 'of another library' });
    expect(await setup.call()).toMatchObject({ user });
  });

  it('of a string over a WebSocket leaves its caller with the connection', async () => {
    const setup = new DeciderSetup({});
    const socket = {};
    await setup.call(setup.context('ws', [socket, 'text']));
    expect(findCaller(setup.context('ws', [socket, 'text']))).toMatchObject({ user });
  });

  it('is reported when the application wants that', async () => {
    const setup = new DeciderSetup({}, { onDecision: () => undefined });
    await setup.call();
    expect(setup.steps).toEqual(['caller', 'report']);
  });
});

describe('A webhook', () => {
  it('receives the event of an HTTP request, and looks for no caller', async () => {
    const setup = new DeciderSetup({ mode: 'webhook' });
    expect(await setup.call()).toMatchObject({ event: { eventType: 'user.created' } });
    expect(setup.steps).toEqual(['event']);
  });

  it('rejects calls that are no HTTP requests', async () => {
    const setup = new DeciderSetup({ mode: 'webhook' });
    expect(await setup.refusal(setup.context('rpc', [{}, {}]))).toBe('webhook_invalid');
    expect(setup.steps).not.toContain('event');
  });
});

describe('A handler whose rules are unknown', () => {
  it('returns 500 and looks for no caller', async () => {
    const log = new RecordingLogger();
    Logger.overrideLogger(log);
    const setup = new DeciderSetup({ mode: 'untraceable' });
    expect(await setup.refusal()).toMatchObject({ status: 500 });
    expect(setup.steps).toEqual([]);
    expect(log.of('error')).toEqual([
      expect.stringMatching(/^Reports replaces one of its methods .* Remove this\.method = /),
    ]);
  });
});

describe('A call of a context type that is ignored', () => {
  it.each<[string, Partial<Policy>, string[], string[]]>([
    ['is let in without a decorator', { isExplicit: false }, ['necord'], []],
    ['meets the rules of its decorators', { isExplicit: true }, ['necord'], ['caller']],
    ['is not let in when it is of another', { isExplicit: false }, ['other'], ['caller']],
    ['is not let in when there is none', { isExplicit: false }, [], ['caller']],
  ])('%s', async (_what, policy, ignoreContextTypes, steps) => {
    const setup = new DeciderSetup(policy, { ignoreContextTypes });
    await setup.call(setup.context('necord', [{}]));
    expect(setup.steps.filter((step) => step === 'caller')).toEqual(steps);
  });
});

describe('A message that is a string', () => {
  it.each<[string, Partial<Policy>, Partial<PropelAuthModuleOptions>, unknown]>([
    ['a token source', { tokenSources: [source] }, {}, 'message_not_object'],
    ['an organization source', { orgSources: [() => ({ orgId: 'a' })] }, {}, 'message_not_object'],
    ['the token source of the module', {}, { tokenSource: source }, 'message_not_object'],
    ['no source', {}, {}, 'let in'],
  ])('is rejected where the application reads it: %s', async (_by, policy, options, outcome) => {
    const setup = new DeciderSetup(policy, options);
    expect(await setup.refusal(setup.context('rpc', ['text']))).toBe(outcome);
    expect(await setup.refusal(setup.context('rpc', [{ text: 'text' }]))).toBe('let in');
    const isOfRoute = Object.keys(policy).length > 0;
    const ofGateway = isOfRoute ? outcome : 'let in';
    expect(await setup.refusal(setup.context('ws', [{}, 'text']))).toBe(ofGateway);
  });
});

describe('The guard that all guards hand over to', () => {
  it('decides itself when there is no other, or it is that one', () => {
    const setup = new DeciderSetup({ mode: 'public' });
    const own = guardOf(false);
    expect(setup.decider.decideFor(own, setup.context())).toBe(true);
    setup.decider.useGuard(own);
    expect(setup.decider.decideFor(own, setup.context())).toBe(true);
  });

  it('is the one that the module provides', () => {
    const setup = new DeciderSetup({ mode: 'public' });
    setup.decider.useGuard(guardOf(false));
    expect(setup.decider.decideFor(guardOf(true), setup.context())).toBe(false);
    expect(setup.steps).toEqual([]);
  });
});

describe('What stays open', () => {
  it.each<[string, Partial<Policy>, string, string[]]>([
    ['of an HTTP route is nothing', {}, 'http', ['caller']],
    [
      'of an event stream is kept, from before the decision',
      { opensEventStream: true },
      'http',
      ['begin stream', 'caller', 'keep stream'],
    ],
    [
      'of a connection is kept, from before the decision',
      {},
      'ws',
      ['begin stream', 'caller', 'keep stream'],
    ],
  ])('%s', async (_what, policy, type, steps) => {
    const setup = new DeciderSetup(policy);
    await setup.call(setup.context(type));
    expect(setup.steps).toEqual(steps);
  });
});
