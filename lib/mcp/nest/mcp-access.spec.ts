import { Logger, type ExecutionContext, type Type } from '@nestjs/common';
import { fake } from '../../../test/support/fake.js';
import { mcp } from '../../../test/support/mcp-options.js';
import { makePart, modulesWith } from '../../../test/support/mcp-parts.js';
import { stopLogClock } from '../../../test/support/fake-timers.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import { callersOf } from '../../../test/support/callers.js';
import {
  callerRule,
  checksOf,
  kindsOfPropelAuth,
  memberRule,
  ofScopes,
  writeOverMethod,
  noOwn,
} from '../../../test/support/written-rules.js';
import { Decision, type Identified } from '../../decision/decision.js';
import { Rejection } from '../../rejections/rejection.js';
import { Policies } from '../../rules/policies.js';
import { DEFAULT_POLICY, type Policy } from '../../rules/policy.js';
import type { Call as TransportCall } from '../../transports/call.js';
import { callOf as transportCallOf, roleOf } from '../../transports/call-of.js';
import { endpointRequestOf, noteEndpointRequest } from '../../transports/mcp/endpoint-requests.js';
import type { McpToken } from '../../types/mcp-token.interface.js';
import { McpServerOptions } from '../mcp-options.js';
import { McpAccess } from './mcp-access.js';

class Reports {
  open() {}
  read() {}
  join() {}
  never() {}
}
for (const name of ['open', 'read', 'join', 'never']) makePart(Reports, name);
writeOverMethod(Reports, 'open', callerRule('@Public()', 'public'));
writeOverMethod(Reports, 'read', ofScopes('read', 'of:endpoint'));
writeOverMethod(Reports, 'join', memberRule('@RequireOrgMember()'));
writeOverMethod(Reports, 'never', callerRule('@RequireUser()', 'user'));

const TOKEN: McpToken = {
  userId: 'alice',
  clientId: 'client',
  scopes: ['read', 'write'],
  orgId: 'acme',
  expiresAt: 0,
};

const CLIENT = fake<Identified>({
  describe: () => ({ kind: 'mcp', userId: 'alice', orgId: 'acme', mcp: TOKEN }),
});

const TOOL_POLICY: Policy = {
  ...DEFAULT_POLICY,
  callers: callersOf('mcp'),
  isExplicit: true,
  eventStream: 'maybe',
};
const ENDPOINT: Policy = {
  ...TOOL_POLICY,
  isEndpoint: true,
  checks: checksOf(ofScopes('of:endpoint')),
};
const PUBLIC_ENDPOINT: Policy = {
  ...DEFAULT_POLICY,
  callers: callersOf('public'),
  isExplicit: true,
  isEndpoint: true,
};

const ofToken = () => undefined;

function accessTo(controllers: Type[]) {
  const modules = modulesWith(controllers);
  const access = new McpAccess(modules, new McpServerOptions(mcp));
  return { modules, access };
}

/** A request to the endpoint controller. */
function requestWith(body: unknown, isHttp = true) {
  const request = { body, headers: {} };
  const context = { getArgs: () => [], switchToHttp: () => ({ getRequest: () => request }) };
  const call = fake<TransportCall>({
    context: context as unknown as ExecutionContext,
    transport: 'http',
    httpRequest: isHttp ? request : undefined,
  });
  return { request, decision: new Decision(call) };
}

const callOf = (name: string) => ({ method: 'tools/call', params: { name } });

function policyFor(body: unknown, endpoint: Policy = ENDPOINT) {
  const { decision } = requestWith(body);
  const policies = new Policies({
    globalRules: [],
    orgSource: ofToken,
    kinds: kindsOfPropelAuth,
    roleOf,
    own: noOwn,
  });
  const policy = accessTo([Reports]).access.policyBefore(endpoint, decision, policies);
  return { policy, innerCall: decision.innerCall };
}

describe('The policy of a request to an MCP endpoint controller', () => {
  it('has the scopes of the controller and of the called tool', () => {
    expect(policyFor(callOf('read'))).toEqual({
      policy: { ...ENDPOINT, checks: checksOf(ofScopes('of:endpoint', 'read')) },
      innerCall: { transport: 'mcp', route: { mcp: 'tool read' } },
    });
  });

  it('requires a token for a tool that does, of a public controller as well', () => {
    expect(policyFor(callOf('read'), PUBLIC_ENDPOINT).policy).toEqual({
      ...PUBLIC_ENDPOINT,
      callers: callersOf('mcp'),
      checks: checksOf(ofScopes('read', 'of:endpoint')),
      eventStream: 'maybe',
    });
  });

  it('has no organization rule of the tool, whose own guard reads its arguments', () => {
    expect(policyFor(callOf('join')).policy).toEqual(ENDPOINT);
  });

  it.each([
    ['a public tool', callOf('open')],
    ['a tool that no MCP client may call', callOf('never')],
    ['a tool that does not exist', callOf('missing')],
    ['a batch', [callOf('read')]],
    ['a list', { method: 'tools/list' }],
  ])('is that of the controller for %s', (_what, body) => {
    for (const endpoint of [ENDPOINT, PUBLIC_ENDPOINT]) {
      expect(policyFor(body, endpoint)).toEqual({ policy: endpoint, innerCall: undefined });
    }
  });
});

describe('A request that is let in', () => {
  it.each<[string, Partial<Decision>, boolean]>([
    ['of an MCP client', { identified: CLIENT, policy: TOOL_POLICY }, true],
    ['to a public endpoint controller', { policy: PUBLIC_ENDPOINT }, true],
    ['of another caller to another route', { policy: DEFAULT_POLICY }, false],
  ])('is noted for the calls in it only: %s', (_which, known, isNoted) => {
    const { access } = accessTo([]);
    const { request, decision } = requestWith({});
    Object.assign(decision, known);
    access.allowed(decision);
    expect(endpointRequestOf(request)).toBe(isNoted ? request : undefined);
  });

  it('is not noted for a call that is no HTTP request', () => {
    const { access } = accessTo([]);
    const { request, decision } = requestWith({}, false);
    Object.assign(decision, { identified: CLIENT, policy: TOOL_POLICY });
    access.allowed(decision);
    expect(endpointRequestOf(request)).toBeUndefined();
  });
});

function seenBy(application: object): object {
  const request = { headers: {} };
  noteEndpointRequest(request, application);
  return request;
}

describe('A tool call', () => {
  const { access, modules } = accessTo([Reports]);
  let count = 0;

  interface Call {
    readonly raw?: object | undefined;
    readonly session?: object;
    readonly type?: string;
  }

  /** A call that mcp-nest makes, by what comes with it. */
  function contextOf(name: string, { raw, session = {}, type = 'rpc' }: Call) {
    const mcpContext = { getRawRequest: () => raw, getSession: () => session };
    const controller = { [name]: class {} }[name];
    return {
      getType: () => type,
      getClass: () => controller,
      getArgs: () => [{}, mcpContext],
      getArgByIndex: () => mcpContext,
    } as unknown as ExecutionContext;
  }

  /** What is logged for a call, and whether it is rejected. */
  function assertReached(name: string, call: Call): [boolean, string] {
    stopLogClock();
    const logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    let isRejected = false;
    try {
      const decision = new Decision(transportCallOf(contextOf(name, call)));
      access.before(Object.assign(decision, { policy: TOOL_POLICY }));
    } catch {
      isRejected = true;
    }
    return [isRejected, logger.of('error').join('\n')];
  }

  it('passes to its own rules if the guard of the endpoint controller allowed the request', () => {
    expect(assertReached('Seen', { raw: seenBy(modules) })).toEqual([false, '']);
    const stateless = { transport: 'streamable-http', stateless: true };
    expect(assertReached('Seen', { raw: seenBy(modules), session: stateless })).toEqual([
      false,
      '',
    ]);
    expect(assertReached('NoMcp', { type: 'http' })).toEqual([false, '']);
  });

  it.each<[string, string, Call]>([
    [
      'over stdio',
      'is called over stdio, which has no access token, so its rules reject every call. Add @Public() to methods that may be called over stdio.',
      {},
    ],
    [
      'in a session',
      'is called in a session of statefulMode, which is not bound to a user, so its calls are rejected. Remove statefulMode from StreamableHttpTransport.',
      { raw: seenBy(modules), session: { transport: 'streamable-http' } },
    ],
    [
      'that no guard has seen',
      'received a request that no guard of its application has let in, so its calls are rejected. Serve it with a controller under @RequireMcpToken() that extends McpHttpControllerFor(transport), and give each application a strategy and transport of its own.',
      { raw: { headers: {} } },
    ],
    [
      'from another application',
      'received a request that no guard of its application has let in',
      { raw: seenBy({}) },
    ],
  ])('%s is rejected, and logged with the fix', (_what, words, call) => {
    // A text is logged once a minute: each call is of another class.
    const name = `Reports${(count += 1)}`;
    const [wasRejected, logged] = assertReached(name, call);
    expect(wasRejected).toBe(true);
    expect(logged).toContain(`${name} ${words}`);
  });
});

describe('A call that no rule about MCP clients concerns', () => {
  it('keeps its rules, is accepted from every web page and has no challenge', () => {
    const { access } = accessTo([Reports]);
    const policy: Policy = { ...DEFAULT_POLICY, isExplicit: true };
    const { decision } = requestWith(callOf('read'));
    Object.assign(decision.call, { request: { headers: { origin: 'https://evil.example.com' } } });
    const under = (rules: Policy) => Object.assign(decision, { policy: rules });
    expect(() => access.before(under(TOOL_POLICY))).toThrow(Rejection);
    expect(access.policyBefore(policy, decision, fake<Policies>({}))).toBe(policy);
    expect(() => access.before(under(policy))).not.toThrow();
    expect(access.challenge(policy, 'credential_missing')).toBeUndefined();
  });
});
