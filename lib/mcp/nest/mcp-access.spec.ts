import { Logger, type ExecutionContext, type Type } from '@nestjs/common';
import { OrgMemberInfo, type UserClass } from '@propelauth/node-apis';
import { fake } from '../../../test/support/fake.js';
import { mcp } from '../../../test/support/mcp-options.js';
import { makePart, modulesWith } from '../../../test/support/mcp-parts.js';
import { stopLogClock } from '../../../test/support/fake-timers.js';
import { RecordingLogger } from '../../../test/support/recording-logger.js';
import { callerRule, memberRule, writeOverMethod } from '../../../test/support/written-rules.js';
import { McpCaller } from '../callers/mcp-caller.js';
import type { McpCallerKind } from '../callers/mcp-caller-kind.js';
import { Decision } from '../../decision/decision.js';
import { Rejection } from '../../rejections/rejection.js';
import type { AccessRule } from '../../rules/access-rule.js';
import { roleRequirement } from '../../rules/org-requirement.js';
import { Policies } from '../../rules/policies.js';
import { DEFAULT_POLICY, type Policy } from '../../rules/policy.js';
import type { Call as TransportCall } from '../../transports/call.js';
import { callOf as transportCallOf } from '../../transports/call-of.js';
import { endpointRequestOf, noteEndpointRequest } from '../../transports/mcp/endpoint-requests.js';
import type { McpToken } from '../../types/mcp-token.interface.js';
import { McpServerOptions } from '../mcp-options.js';
import { McpAccess } from './mcp-access.js';
import { ApplicationMcpHandlers } from './application-mcp-handlers.js';
import { ToolMarks } from './tool-marks.js';
import { callersOf } from '../../../test/support/callers.js';
import { accessModeOf } from '../../rules/handler-access.js';

class StreamableHttpController {
  post() {}
}
class Front extends StreamableHttpController {}
class OtherEndpoint extends StreamableHttpController {}

const scope = (...scopes: string[]): AccessRule => ({ kind: 'scope', scopes, decorator: '@scope' });

class Reports {
  open() {}
  plain() {}
  read() {}
  join() {}
  never() {}
  own() {}
}
for (const name of ['open', 'plain', 'read', 'join', 'never', 'own']) makePart(Reports, name);
writeOverMethod(Reports, 'open', callerRule('@Public()', 'public'));
writeOverMethod(Reports, 'read', scope('read'));
writeOverMethod(Reports, 'join', memberRule('@RequireOrgMember()'));
writeOverMethod(Reports, 'own', memberRule('@RequireOrgMember()'), {
  kind: 'org',
  requirement: roleRequirement('Owner', true),
  source: undefined,
  decorator: '@RequireOrgRole()',
});
writeOverMethod(Reports, 'never', callerRule('@RequireUser()', 'user'));
const ROLES = {
  read: 'the access rules of Reports (tool read)',
  join: 'the access rules of Reports (tool join)',
  plain: 'the access rules of Reports (tool plain)',
};

const TOKEN: McpToken = {
  userId: 'alice',
  clientId: 'client',
  scopes: ['read', 'write'],
  orgId: 'acme',
  expiresAt: 0,
};
const acme = new OrgMemberInfo('acme', 'Acme', {}, 'acme', 'Member', ['Member'], []);
const memberOfAcme = { orgIdToUserOrgInfo: { acme } } as unknown as UserClass;

const endpointPolicy: Policy = {
  ...DEFAULT_POLICY,
  callers: callersOf('mcp'),
  isExplicit: true,
  isMcpEndpoint: true,
};

const TOOL_POLICY: Policy = { ...DEFAULT_POLICY, callers: callersOf('mcp'), isExplicit: true };

const ofToken = () => undefined;

/** The access of an application with these controllers, whose callers are told without PropelAuth. */
function accessTo(controllers: Type[], callers: Partial<McpCallerKind> = {}) {
  const modules = modulesWith(controllers);
  const parts = new ApplicationMcpHandlers(modules);
  const policies = new Policies({ ofModule: ofToken, ofMcpToken: ofToken });
  const marks = new ToolMarks(parts, policies);
  return {
    modules,
    access: new McpAccess(
      modules,
      parts,
      marks,
      policies,
      callers as McpCallerKind,
      new McpServerOptions(mcp),
    ),
  };
}

/** A request to the endpoint controller. */
function requestWith(body: unknown, type = 'http') {
  const request: { body: unknown; user?: unknown } = { body };
  const context = {
    getType: () => type,
    getClass: () => Front,
    getHandler: () => (Front.prototype as { readonly post: Function }).post,
    switchToHttp: () => ({ getRequest: () => request }),
  } as unknown as ExecutionContext;
  const call = fake<TransportCall>({ context, transport: type === 'http' ? 'http' : 'rpc' });
  const decision = new Decision(call, undefined);
  decision.policy = endpointPolicy;
  return { request, decision };
}

const rpc = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params });
const callOf = (name: string) => rpc('tools/call', { name });

function policyFor(body: unknown, ...controllers: Type[]) {
  const { decision } = requestWith(body);
  const policy = accessTo(controllers).access.policyBefore(endpointPolicy, decision);
  return { policy, mcpCall: decision.mcpCall };
}

const read = (uri: string) => rpc('resources/read', { uri });

/** The policy before its caller is identified, and the one after that. */
const bothFor = (body: unknown, ...controllers: Type[]) => {
  const { access } = accessTo([Front, ...controllers]);
  const { decision } = requestWith(body);
  const before = access.policyBefore(endpointPolicy, decision);
  return [before, access.policyAfter(before, decision)];
};

describe('The policy of a request to an MCP endpoint controller', () => {
  it('has the rules of the controller and of the called tool', () => {
    expect(policyFor(callOf('read'), Front, Reports)).toEqual({
      policy: { ...endpointPolicy, scopes: ['read'] },
      mcpCall: 'tool read',
    });
  });

  it('has both rules if the request may be for another server', () => {
    const { policy, mcpCall } = policyFor(callOf('read'), Front, OtherEndpoint, Reports);
    expect([policy.scopes, mcpCall]).toEqual([['read'], 'tool read']);
  });

  it('is public for an open tool of the only server', () => {
    const { policy, mcpCall } = policyFor(callOf('open'), Front, Reports);
    expect([accessModeOf(policy.callers), mcpCall]).toEqual(['public', 'tool open']);
  });

  it.each<[string, unknown, Type[]]>([
    [
      'a public tool if the request may be for another server',
      callOf('open'),
      [Front, OtherEndpoint, Reports],
    ],
    ['a tool that does not exist', callOf('missing'), [Front, Reports]],
    ['a list', rpc('tools/list'), [Front, Reports]],
  ])('has only the rules of the controller for %s', (_what, body, controllers) => {
    expect(policyFor(body, ...controllers)).toEqual({ policy: endpointPolicy, mcpCall: undefined });
  });

  it('has only the rules of the controller if several tools share the name', () => {
    class Twins {
      read() {}
    }
    makePart(Twins, 'read');
    expect(policyFor(callOf('read'), Front, Reports, Twins).policy).toBe(endpointPolicy);
  });

  describe('for a resource', () => {
    class Documents {
      one() {}
      notes() {}
      open() {}
    }
    makePart(Documents, 'one', { kind: 'resource-template', name: 'documents://{id}' });
    makePart(Documents, 'notes', { kind: 'resource-template', name: 'documents://{id}/{note}' });
    writeOverMethod(Documents, 'one', scope('read'));
    class Shared {
      shared() {}
    }
    makePart(Shared, 'shared', { kind: 'resource-template', name: 'shared://shared/{id}' });
    writeOverMethod(Shared, 'shared', callerRule('@Public()', 'public'));

    it('has those of the resource only once the caller is identified', () => {
      const rules = { ...endpointPolicy, scopes: ['read'] };
      expect(bothFor(read('documents://7'), Documents)).toEqual([endpointPolicy, rules]);
      expect(bothFor(read('other://a/b/c'), Documents)).toEqual([endpointPolicy, endpointPolicy]);
    });

    it('has them before if another resource is public', () => {
      const rules = { ...endpointPolicy, scopes: ['read'] };
      expect(bothFor(read('documents://7'), Documents, Shared)).toEqual([rules, rules]);
    });

    it('is public if all that it may call is', () => {
      class Again {
        open() {}
      }
      makePart(Again, 'open', { kind: 'resource', name: 'shared://shared/all' });
      writeOverMethod(Again, 'open', callerRule('@Public()', 'public'));
      const uri = 'shared://shared/all';
      expect(bothFor(read(uri), Shared, Again)[0]).toMatchObject({ callers: callersOf('public') });
      expect(bothFor(read(uri), Shared, Again, Documents)[0]).toBe(endpointPolicy);
    });

    it('is not public if the only public template may not match', () => {
      class Odd {
        open() {}
      }
      makePart(Odd, 'open', { kind: 'resource-template', name: 'open://{+path}' });
      writeOverMethod(Odd, 'open', callerRule('@Public()', 'public'));
      expect(bothFor(read('open://7'), Odd)[0]).toBe(endpointPolicy);
    });
  });

  it.each<[string, unknown]>([
    ['to listen', rpc('subscriptions/listen')],
    ['with several messages', [callOf('read')]],
  ])('opens an event stream for a request %s', (_what, body) => {
    expect(policyFor(body, Front, Reports).policy).toEqual({
      ...endpointPolicy,
      opensEventStream: true,
    });
  });
});

const user = (...roles: string[]) => ({ userId: 'alice', scope: 'read write', roles });

/** The response to a caller who lists tools. */
async function rolesFor(
  token: McpToken,
  present?: UserClass,
  { body = rpc('tools/list'), tools = [Reports] }: { body?: unknown; tools?: Type[] } = {},
) {
  const asked: unknown[] = [];
  const { access } = accessTo([Front, ...tools], {
    refresh: (caller, needs) => {
      asked.push(needs);
      return Promise.resolve(new McpCaller(caller.token, present));
    },
  });
  const { request, decision } = requestWith(body);
  decision.mcp = token;
  await access.prepare(decision);
  return { user: request.user, asked };
}

const twin = (...rules: AccessRule[]) => {
  class Twins {
    read() {}
  }
  makePart(Twins, 'read');
  writeOverMethod(Twins, 'read', ...rules);
  return Twins;
};

const requestOf = async (callers: Partial<McpCallerKind>) => {
  const { access } = accessTo([Front, Reports], callers);
  const { request, decision } = requestWith(rpc('tools/list'));
  await access.prepare(decision);
  return request;
};

describe('request.user, as mcp-nest reads it,', () => {
  it('has the role of the called tool for a caller with a token', () => {
    const { access } = accessTo([Front, Reports]);
    const { request, decision } = requestWith(callOf('plain'));
    decision.mcp = TOKEN;
    expect(access.prepare(decision)).toBeUndefined();
    expect(request.user).toEqual(user(ROLES.plain));
    expect(endpointRequestOf(request)).toBe(request);
    expect(Object.getOwnPropertyDescriptor(request, 'user')).toMatchObject({
      configurable: true,
      enumerable: true,
      writable: true,
    });
  });

  it('is unchanged without a token, a call or an HTTP request', () => {
    const anonymous = requestWith(callOf('open'));
    expect(accessTo([Front, Reports]).access.prepare(anonymous.decision)).toBeUndefined();
    expect(anonymous.request).not.toHaveProperty('user');
    expect(endpointRequestOf(anonymous.request)).toBeDefined();
    for (const [controllers, type] of [
      [[Front], 'http'],
      [[Front, Reports], 'rpc'],
    ] as const) {
      const { request, decision } = requestWith(rpc('tools/list'), type);
      decision.mcp = TOKEN;
      expect(accessTo([...controllers]).access.prepare(decision)).toBeUndefined();
      expect(endpointRequestOf(request)).toBeUndefined();
    }
  });

  it('has the roles of all tools that the caller may call, for lists', async () => {
    const needsUser = [{ needsPresentUser: true }];
    expect(await rolesFor(TOKEN, memberOfAcme)).toEqual({
      user: user(ROLES.read, ROLES.join),
      asked: needsUser,
    });
    expect((await rolesFor(TOKEN, memberOfAcme, { body: [] })).user).toEqual(
      user(ROLES.read, ROLES.join),
    );
    expect((await rolesFor(TOKEN)).user).toEqual(user(ROLES.read));
    expect((await rolesFor({ ...TOKEN, orgId: 'globex' }, memberOfAcme)).user).toEqual(
      user(ROLES.read),
    );
    expect((await rolesFor({ ...TOKEN, orgId: undefined }, memberOfAcme)).user).toEqual(
      user(ROLES.read),
    );
    expect((await rolesFor({ ...TOKEN, scopes: [] }, memberOfAcme)).user).toEqual({
      userId: 'alice',
      scope: '',
      roles: [ROLES.join],
    });
  });

  it('triggers a request for the user only for tools that need it', async () => {
    class Few {
      read() {}
    }
    makePart(Few, 'read');
    writeOverMethod(Few, 'read', scope('read'));
    const { asked } = await rolesFor(TOKEN, undefined, { tools: [Few] });
    expect(asked).toEqual([{}]);
  });

  it('omits a role shared with a tool that the caller may not call', async () => {
    const tools = [twin(scope('read')), twin(scope('admin'))];
    expect((await rolesFor(TOKEN, undefined, { tools })).user).toEqual(user());
  });

  it('comes from the token of the request if the controller did not verify it', async () => {
    const identified = new McpCaller(TOKEN);
    const { access } = accessTo([Front, Reports], {
      find: () => 'text',
      identify: () => Promise.resolve(identified),
      refresh: (caller) => Promise.resolve(caller),
    });
    const { request, decision } = requestWith(rpc('tools/list'));
    await access.prepare(decision);
    expect(request.user).toEqual(user(ROLES.read));
  });

  it('is unchanged without a token, and the call is rejected with an invalid one', async () => {
    expect(await requestOf({ find: () => undefined })).not.toHaveProperty('user');
    for (const error of [new Rejection('mcp_token_invalid'), new Error('broken')]) {
      const rejected = requestOf({ find: () => 'text', identify: () => Promise.reject(error) });
      await expect(rejected).rejects.toBe(error);
    }
  });

  it('reuses the user that the guard requested', async () => {
    const seen: McpCaller[] = [];
    const { access } = accessTo([Front, Reports], {
      refresh: (caller) => {
        seen.push(caller);
        return Promise.resolve(caller);
      },
    });
    const { request, decision } = requestWith(rpc('tools/list'));
    Object.assign(decision, { mcp: TOKEN, user: memberOfAcme });
    await access.prepare(decision);
    expect(seen[0]?.user).toBe(memberOfAcme);
    expect(request.user).toEqual(user(ROLES.read, ROLES.join));
  });
});

function seenBy(application: object): object {
  const request = { headers: {} };
  noteEndpointRequest(request, application);
  return request;
}

describe('A tool call', () => {
  const { access, modules } = accessTo([Front, Reports]);
  let count = 0;

  interface Call {
    readonly raw?: object | undefined;
    readonly session?: object;
    readonly cacheScope?: string;
    readonly type?: string;
  }

  /** A call that mcp-nest makes, by what comes with it. */
  function contextOf(name: string, { raw, session = {}, cacheScope, type = 'rpc' }: Call) {
    const mcpContext = {
      getRawRequest: () => raw,
      getSession: () => session,
      mcpServer: { server: { _cacheHints: { 'tools/list': { cacheScope } } } },
    };
    const controller = { [name]: class {} }[name];
    return {
      getType: () => type,
      getClass: () => controller,
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
      const decision = new Decision(transportCallOf(contextOf(name, call)), undefined);
      access.assertAcceptable(TOOL_POLICY, decision);
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

  it.each<[string, string, Call, boolean]>([
    [
      'over stdio',
      'is called over stdio, which has no access token, so its rules reject every call. Add @Public() to methods that may be called over stdio.',
      {},
      true,
    ],
    [
      'in a session',
      'is called in a session of statefulMode, which is not bound to a user, so its calls are rejected. Remove statefulMode from StreamableHttpTransport.',
      { raw: seenBy(modules), session: { transport: 'streamable-http' } },
      true,
    ],
    [
      'that no guard has seen',
      'received a request that no guard has checked, so its calls are rejected. Serve it with a controller under @RequireMcpToken() that extends McpHttpControllerFor(transport).',
      { raw: { headers: {} } },
      true,
    ],
    [
      'from another application',
      'received a request to another application of this process, because both connect the same McpStrategy. Create the strategy and its transport in a function that each application calls.',
      { raw: seenBy({}) },
      false,
    ],
    [
      'whose results clients may share',
      "is served with public cacheHints, so its calls are rejected: clients could show one user's results to another. Set cacheScope: 'private' in the options of McpStrategy.",
      { raw: seenBy(modules), cacheScope: 'public' },
      true,
    ],
  ])('%s is logged with the fix', (_what, words, call, isRejected) => {
    // A text is logged once a minute: each call is of another class.
    const name = `Reports${(count += 1)}`;
    const [wasRejected, logged] = assertReached(name, call);
    expect(wasRejected).toBe(isRejected);
    expect(logged).toContain(`${name} ${words}`);
  });
});

describe('A call that no rule about MCP clients concerns', () => {
  it('keeps its rules, is accepted from every web page and is not prepared', () => {
    const { access } = accessTo([Front, Reports]);
    const policy: Policy = { ...DEFAULT_POLICY, isExplicit: true };
    const { request, decision } = requestWith(callOf('read'));
    Object.assign(decision.call, { request: { headers: { origin: 'https://evil.example.com' } } });
    expect(() => access.assertAcceptable(TOOL_POLICY, decision)).toThrow(Rejection);
    decision.policy = policy;
    expect(access.policyBefore(policy, decision)).toBe(policy);
    expect(() => access.assertAcceptable(policy, decision)).not.toThrow();
    expect(access.policyAfter(policy, decision)).toBe(policy);
    expect(access.prepare(decision)).toBeUndefined();
    expect(endpointRequestOf(request)).toBeUndefined();
    expect(access.challengeFor(policy)).toBeUndefined();
  });
});
