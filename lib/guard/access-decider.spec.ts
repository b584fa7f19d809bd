import { Logger } from '@nestjs/common';
import { stopLogClock } from '../../test/support/fake-timers.js';
import { RecordingLogger } from '../../test/support/recording-logger.js';
import {
  apiKey,
  client,
  DeciderSetup,
  impersonated,
  org,
  user,
  type TestCaller,
} from '../../test/guard/decider-setup.js';
import { findCaller, findDecision, openDecision } from '../decision/kept-decisions.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { Rejection } from '../rejections/rejection.js';
import { accountRule } from '../rules/account/account-rule.js';
import type { Policy } from '../rules/policy.js';
import type { Rule } from '../rules/rule.js';
import { checksOf, noImpersonation, ofOrg, ofStepUp } from '../../test/support/written-rules.js';
import { ACME_ID } from '../../test/support/project.js';
import { tokenFromCookie } from '../transports/token-from-cookie.js';
import { callersOf } from '../../test/support/callers.js';

const member = ofOrg({ type: 'member' });
const stepUp = ofStepUp('PAY');
const GRANT = 'f374f738cc765ba468d62c61f30b1709';
const account: Rule = { type: accountRule, argument: undefined, decorator: '@CurrentAccount()' };
const source = (): string => 'a token';
const guardOf = (answer: boolean) => ({ canActivate: () => answer });

describe('A call', () => {
  it('to a public route is allowed without identifying the caller', async () => {
    const setup = new DeciderSetup({ callers: callersOf('public') });
    expect(setup.decider.decide(setup.context())).toBe(true);
    expect(setup.steps).toEqual([]);
  });

  it('with a cached caller is allowed synchronously, and sets the user on the request', async () => {
    const setup = new DeciderSetup({ callers: callersOf('user') });
    expect(setup.decider.decide(setup.context())).toBe(true);
    expect(setup.request['user']).toBe(user);
    expect(setup.steps).toEqual(['caller']);
  });

  it.each<[string, TestCaller, object]>([
    ['a user', user, { user, identified: { identity: { user } } }],
    ['an API key', apiKey, { user: null, identified: { identity: apiKey } }],
    ['nobody', null, { user: null, identified: null, outcome: true }],
    ['an MCP client', client, { user: null, identified: { identity: { token: client.token } } }],
  ])('exposes its caller afterwards, synchronously or later: %s', async (_who, caller, known) => {
    for (const answer of [caller, Promise.resolve(caller)]) {
      const setup = new DeciderSetup({ callers: callersOf('user') });
      setup.caller = answer;
      expect(await setup.call()).toMatchObject(known);
    }
  });

  it('is rejected under rules that contradict each other, whoever calls', async () => {
    const setup = new DeciderSetup({ callers: callersOf('nobody') });
    expect(await setup.rejection()).toBe('rules_contradict');
    expect(setup.steps).toEqual([]);
  });

  it('that needs no decision passes any number of guards, also if one of them has opened a decision', () => {
    const setup = new DeciderSetup({
      callers: callersOf('user'),
      isExplicit: false,
      exemptedBy: 'the application',
    });
    const context = setup.context();
    openDecision(context);
    expect(setup.decider.decide(context)).toBe(true);
    expect(setup.decider.decide(context)).toBe(true);
    expect(setup.steps).toEqual([]);
  });

  it('is decided once for any number of guards', async () => {
    const setup = new DeciderSetup({ callers: callersOf('user') });
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
        throw new Rejection('org_missing');
      },
    ],
    ['later', () => Promise.reject(new Rejection('org_missing'))],
  ])('that was rejected %s is rejected again with the same exception', async (_when, namedOrgs) => {
    const setup = new DeciderSetup({ checks: checksOf(member) });
    setup.namedOrgs = namedOrgs;
    const context = setup.context();
    expect(await setup.rejection(context)).toBe('org_missing');
    expect(await setup.rejection(context)).toBe('org_missing');
    expect(findDecision(context)).toMatchObject({ isRejected: true, isAllowed: false });
    expect(setup.steps).toEqual(['caller', 'org']);
  });

  it.each<[string, Partial<Policy>, unknown]>([
    ['is rejected', { checks: checksOf(noImpersonation) }, 'impersonation_denied'],
    ['is allowed without a rule against it', {}, 'let in'],
  ])('of an employee who impersonates a user %s', async (_what, policy, outcome) => {
    const setup = new DeciderSetup(policy);
    setup.caller = impersonated;
    expect(await setup.rejection()).toBe(outcome);
  });

  it('is checked against organization rules first and step-up MFA last', async () => {
    const setup = new DeciderSetup({ checks: checksOf(member, stepUp) });
    setup.request.headers = { 'x-grant': GRANT };
    expect(await setup.call()).toMatchObject({ org });
    expect(setup.request['org']).toBe(org);
    expect(setup.steps).toEqual(['caller', 'org', 'step-up']);
  });

  it('has its account loaded before a grant is used up, if the handler requires one', async () => {
    const setup = new DeciderSetup({ checks: checksOf(member, stepUp, account) });
    setup.request.headers = { 'x-grant': GRANT };
    await setup.call();
    expect(setup.steps).toEqual(['caller', 'org', 'account', 'step-up']);
  });

  it('is checked for step-up grants in the headers of its request', async () => {
    const setup = new DeciderSetup({ checks: checksOf(stepUp) });
    setup.request.headers = { 'x-grant': GRANT };
    await setup.call();
    expect(setup.given['step-up']?.slice(0, 3)).toEqual([
      user,
      [stepUp.argument],
      { 'x-grant': GRANT },
    ]);
  });

  it.each<[string, unknown[]]>([
    ['http', [{ headers: {} }, {}]],
    ['rpc', [{}]],
  ])('without a step-up grant is rejected before anybody is asked: %s', async (type, args) => {
    const setup = new DeciderSetup({ checks: checksOf(member, account, stepUp) });
    expect(await setup.rejection(setup.context(type, args))).toBe('step_up_required');
    expect(setup.steps.filter((step) => step !== 'begin stream')).toEqual(['caller']);
  });

  it('waits for an asynchronous organization source', async () => {
    const setup = new DeciderSetup({ checks: checksOf(member, stepUp) });
    setup.request.headers = { 'x-grant': GRANT };
    setup.namedOrgs = async () => [{ orgId: org.orgId }];
    expect(await setup.call()).toMatchObject({ org });
    expect(setup.steps).toEqual(['caller', 'org', 'step-up']);
  });

  it('waits for a rule before one that asks nobody', async () => {
    const setup = new DeciderSetup({ checks: [...checksOf(member), ...checksOf(noImpersonation)] });
    setup.namedOrgs = async () => [{ orgId: org.orgId }];
    expect(await setup.call()).toMatchObject({ org });
  });

  it('is allowed synchronously under rules that ask nobody', () => {
    const setup = new DeciderSetup({ checks: checksOf(member, noImpersonation) });
    expect(setup.decider.decide(setup.context())).toBe(true);
    expect(setup.steps).toEqual(['caller', 'org']);
  });

  it('is shown to the warning for development, once it is allowed', async () => {
    const setup = new DeciderSetup({});
    const seen: unknown[] = [];
    setup.decider.watchAllowed((decision) => seen.push(decision));
    const context = setup.context();
    await setup.call(context);
    expect(seen).toEqual([findDecision(context)]);
  });

  it('is allowed even if another library made the request’s properties read-only', async () => {
    const setup = new DeciderSetup({});
    Object.defineProperty(setup.request, 'user', { value: 'of another library' });
    expect(await setup.call()).toMatchObject({ user });
  });

  it('with a string over a WebSocket stores its caller with the connection', async () => {
    const setup = new DeciderSetup({});
    const socket = {};
    await setup.call(setup.context('ws', [socket, 'text']));
    expect(findCaller(setup.context('ws', [socket, 'text']))).toMatchObject({ user });
  });

  it('is reported to onDecision', async () => {
    const setup = new DeciderSetup({}, { onDecision: () => undefined });
    await setup.call();
    expect(setup.steps).toEqual(['caller', 'report']);
  });
});

describe('A handler whose rules are unknown', () => {
  it('returns 500 without identifying a caller', async () => {
    const log = new RecordingLogger();
    Logger.overrideLogger(log);
    stopLogClock();
    const setup = new DeciderSetup({ callers: callersOf('untraceable') });
    expect(await setup.rejection()).toMatchObject({ status: 500 });
    expect(setup.steps).toEqual([]);
    expect(log.of('error')).toEqual([
      expect.stringMatching(/^Reports replaces one of its methods .* Remove this\.method = /),
    ]);
  });
});

describe('The ignoreContextTypes option', () => {
  it.each<[string, Partial<Policy>, string[], string[]]>([
    ['allows a call without a decorator', { isExplicit: false }, ['necord'], []],
    ['checks the rules of a call with decorators', { isExplicit: true }, ['necord'], ['caller']],
    ['does not allow a call of another type', { isExplicit: false }, ['other'], ['caller']],
    ['does not allow a call if it is empty', { isExplicit: false }, [], ['caller']],
  ])('%s', async (_what, policy, ignoreContextTypes, steps) => {
    const setup = new DeciderSetup(policy, { ignoreContextTypes });
    await setup.call(setup.context('necord', [{}]));
    expect(setup.steps.filter((step) => step === 'caller')).toEqual(steps);
  });
});

describe('A message that is a string', () => {
  it.each<[string, Partial<Policy>, Partial<PropelAuthModuleOptions>, unknown]>([
    ['a token source', { tokenSources: [source] }, {}, 'message_not_object'],
    [
      'an organization source',
      { checks: checksOf(ofOrg({ type: 'member' }, () => ({ orgId: ACME_ID }))) },
      {},
      'message_not_object',
    ],
    ['the token source of the module', {}, { tokenSource: source }, 'message_not_object'],
    ['a cookie', { tokenSources: [tokenFromCookie('a')] }, {}, 'let in'],
    ['a cookie, by the module', {}, { tokenSource: tokenFromCookie('a') }, 'let in'],
    ['no source', {}, {}, 'let in'],
  ])('is rejected if the application reads it: %s', async (_by, policy, options, outcome) => {
    const setup = new DeciderSetup(policy, options);
    expect(await setup.rejection(setup.context('rpc', ['text']))).toBe(outcome);
    expect(await setup.rejection(setup.context('rpc', [{ text: 'text' }]))).toBe('let in');
    expect(await setup.rejection(setup.context('ws', [{}, 'text']))).toBe(outcome);
  });
});

describe('PropelAuthGuard, when another guard delegates to it,', () => {
  it('decides itself if it is not overridden', () => {
    const setup = new DeciderSetup({ callers: callersOf('public') });
    const own = guardOf(false);
    expect(setup.decider.decideFor(own, setup.context())).toBe(true);
    setup.decider.useGuard(own);
    expect(setup.decider.decideFor(own, setup.context())).toBe(true);
  });

  it('is the one that the module provides', () => {
    const setup = new DeciderSetup({ callers: callersOf('public') });
    setup.decider.useGuard(guardOf(false));
    expect(setup.decider.decideFor(guardOf(true), setup.context())).toBe(false);
    expect(setup.steps).toEqual([]);
  });
});

describe('An open response or connection', () => {
  it.each<[string, Partial<Policy>, string, string[]]>([
    ['of an HTTP route is not tracked', {}, 'http', ['caller']],
    [
      'of an event stream is tracked from before the decision',
      { eventStream: 'always' },
      'http',
      ['begin stream', 'caller', 'keep stream'],
    ],
    [
      'of a connection is tracked from before the decision',
      {},
      'ws',
      ['begin stream', 'caller', 'keep stream'],
    ],
  ])('%s', async (_what, policy, type, steps) => {
    const setup = new DeciderSetup(policy);
    // An open client of a WebSocket gateway has these.
    Object.assign(setup.request, { readyState: 1, send: jest.fn(), close: jest.fn() });
    await setup.call(setup.context(type));
    expect(setup.steps).toEqual(steps);
  });
});
