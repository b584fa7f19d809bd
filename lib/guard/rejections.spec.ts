import { checksOf, ofScopes } from '../../test/support/written-rules.js';
import { challengeOf } from '../rejections/rejection-table.js';
import { HttpException, IntrinsicException } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { EventPattern } from '@nestjs/microservices';
import { fake } from '../../test/support/fake.js';
import { mcp } from '../../test/support/mcp-options.js';
import { API_KEY, AUTH_URL } from '../../test/support/project.js';
import type { CallerIdentifier } from '../callers/caller-identifier.js';
import { Decision } from '../decision/decision.js';
import type { DecisionReporter } from '../decision/decision-reporter.js';
import { McpServerOptions } from '../mcp/mcp-options.js';
import { McpAccess } from '../mcp/nest/mcp-access.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { responseHeadersFor } from '../rejections/exception-for.js';
import { Rejection } from '../rejections/rejection.js';
import { DEFAULT_POLICY, type Policy } from '../rules/policy.js';
import { callOf } from '../transports/call-of.js';
import type { CallTools } from '../transports/call-tools.js';
import type { Hooks } from '../plugins/hooks.js';
import { Rejections } from './rejections.js';
import { callersNameOf, callersOf } from '../../test/support/callers.js';

class Orders {
  show(this: void): void {}
  @EventPattern('order.paid')
  paid(this: void, _order: unknown): void {}
}

/** What mcpServer() adds to the guard. */
const mcpAccess = new McpAccess(new ModulesContainer(), new McpServerOptions(mcp));

/** Rejections of calls that mark what they translate. What is reported is written down. */
function setUp(
  policy: Partial<Policy> | undefined,
  options: Partial<PropelAuthModuleOptions> = {},
  hooks: Hooks = {},
) {
  const reported: unknown[][] = [];
  const exposed: unknown[] = [];
  const rejections = new Rejections(
    new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, ...options }),
    fake<CallerIdentifier>({
      explain: (error) => (error === unaccepted ? new Rejection('kind_not_accepted') : error),
      describeRejection: (reason, _context, { callers }) => `${callersNameOf(callers)}: ${reason}`,
      challengeFor: (reason) => `${challengeOf(reason)}, Kind`,
    }),
    fake<CallTools>({}),
    fake<DecisionReporter>({ rejected: (...given) => void reported.push(given) }),
    hooks,
  );
  const decisionOf = (type: string, handler: (order: unknown) => void) => {
    const context = new ExecutionContextHost([{ headers: {} }, {}], Orders, handler);
    context.setType(type);
    const call = Object.assign(callOf(context), {
      translate: (exception: unknown) => ({ translated: exception }),
      exposeChallenge: (exception: unknown) => void exposed.push(exception),
    });
    const decision = new Decision(call);
    decision.policy = policy && { ...DEFAULT_POLICY, ...policy };
    return decision;
  };
  const reject = (
    error: unknown,
    type = 'http',
    handler: (order: unknown) => void = Orders.prototype.show,
  ) => rejections.reject(decisionOf(type, handler), error) as { translated: HttpException };
  return { reported, exposed, reject };
}

/** The rejection of a caller whose credential is of another kind. */
const unaccepted = new Rejection('credential_missing');

describe('A rejected call', () => {
  const missing = new Rejection('token_missing');

  it('has the reason that the kinds of callers find, if the rules are known', () => {
    const known = setUp({ callers: callersOf('user') });
    known.reject(unaccepted);
    const unknown = setUp(undefined);
    unknown.reject(unaccepted);
    expect([...known.reported, ...unknown.reported].map(([, error]) => error)).toMatchObject([
      { reason: 'kind_not_accepted' },
      { reason: 'credential_missing' },
    ]);
  });

  it('throws the exception of its transport, and is reported to onDecision', () => {
    const { reported, exposed, reject } = setUp({ callers: callersOf('user') });
    const { translated } = reject(missing);
    expect(translated.getStatus()).toBe(401);
    expect(reported).toEqual([[expect.any(Decision), missing, translated]]);
    expect(exposed).toEqual([]);
  });

  it.each<[string, Partial<Policy> | undefined, boolean, boolean]>([
    [
      'says in debug mode where the credential was expected',
      { callers: callersOf('user') },
      true,
      true,
    ],
    ['does not say so otherwise', { callers: callersOf('user') }, false, false],
    ['does not say so if the rules are unknown', undefined, true, false],
  ])('%s', (_what, policy, debugMode, isSaid) => {
    const { translated } = setUp(policy, { debugMode }).reject(missing);
    const words = JSON.stringify(translated.getResponse());
    expect(words.includes('user: token_missing')).toBe(isSaid);
  });

  it('keeps the exception that an organization source of the application throws', () => {
    const { reported, reject } = setUp({ callers: callersOf('user') });
    const error = new Error('No such tenant');
    expect(reject(error)).toBe(error);
    expect(reported).toEqual([[expect.any(Decision), error, error]]);
  });

  it('has a challenge for MCP clients with the scopes and the metadata URL, readable by web pages', () => {
    const policy = { callers: callersOf('mcp'), checks: checksOf(ofScopes('read', 'write')) };
    const { exposed, reject } = setUp(policy, {}, mcpAccess);
    const { translated } = reject(new Rejection('scope_missing'));
    const challenge = Object.values(responseHeadersFor(translated)).join();
    expect(challenge).toContain('scope="read write"');
    expect(challenge).toContain('resource_metadata="https://');
    expect(exposed).toEqual([translated]);
  });

  it('has the usual challenge for other callers', () => {
    const { translated } = setUp(
      { callers: callersOf('user'), checks: checksOf(ofScopes('read')) },
      {},
      mcpAccess,
    ).reject(missing);
    expect(Object.values(responseHeadersFor(translated))).toEqual([
      `${challengeOf('token_missing')}, Kind`,
    ]);
  });

  it('throws an exception that Nest does not log for an event', () => {
    const { reported, reject } = setUp({ callers: callersOf('user') });
    const exception = reject(missing, 'rpc', Orders.prototype.paid);
    expect(exception).toBeInstanceOf(IntrinsicException);
    expect(exception).toMatchObject({ cause: { status: 401 } });
    expect(reported).toHaveLength(1);
  });
});
