import { ModulesContainer } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { OrgMemberInfo, type UserClass } from '@propelauth/node-apis';
import { ApiKeyCaller } from '../../lib/callers/api-key/api-key-caller.js';
import { ApiKeyCallerKind } from '../../lib/callers/api-key/api-key-caller-kind.js';
import type { CoreKind } from '../../lib/callers/core-kind.js';
import { IdentifiedCaller, type CallerIdentifier } from '../../lib/callers/caller-identifier.js';
import { UserCallerKind } from '../../lib/callers/user/user-caller-kind.js';
import { McpCaller, McpCallerKind } from '../../lib/mcp/callers/mcp-caller-kind.js';
import { McpServerOptions, type McpOptions } from '../../lib/mcp/mcp-options.js';
import { McpAccess } from '../../lib/mcp/nest/mcp-access.js';
import { StepUpVerifier } from '../../lib/rules/step-up/step-up-verifier.js';
import type { DecisionReporter } from '../../lib/decision/decision-reporter.js';
import type { Decision } from '../../lib/decision/decision.js';
import { findDecision } from '../../lib/decision/kept-decisions.js';
import { CallerAccounts } from '../../lib/rules/account/caller-accounts.js';
import { AccessDecider } from '../../lib/guard/access-decider.js';
import type { CallTools } from '../../lib/transports/call-tools.js';
import { OrgSources } from '../../lib/rules/org/org-sources.js';
import type { NamedOrgs } from '../../lib/rules/rule-call.js';
import type { RuleProviders } from '../../lib/guard/rule-providers.js';
import type { Rejections } from '../../lib/guard/rejections.js';
import type { PropelAuthModuleOptions } from '../../lib/options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { Rejection } from '../../lib/rejections/rejection.js';
import type { Policies } from '../../lib/rules/policies.js';
import { DEFAULT_POLICY, type Policy } from '../../lib/rules/policy.js';
import type { ApiKey } from '../../lib/types/api-key.js';
import type { McpToken } from '../../lib/types/mcp-token.interface.js';
import type { OpenStreams } from '../../lib/transports/open-streams.js';
import { fake } from '../support/fake.js';
import { checksOf, ofScopes } from '../support/written-rules.js';
import { ACME_ID, API_KEY, AUTH_URL } from '../support/project.js';
import { acceptsOnly, MCP_CLIENT } from '../../lib/rules/callers.js';

const nothing = (): undefined => undefined;

export const org = new OrgMemberInfo(ACME_ID, 'Acme', {}, 'acme', 'Owner', ['Owner'], []);
const alice = {
  userId: 'user-alice',
  orgIdToUserOrgInfo: { [ACME_ID]: org },
  getActiveOrgId: nothing,
};
export const user = alice as unknown as UserClass;
export const impersonated = { ...alice, impersonatorUserId: 'employee' } as unknown as UserClass;
export const apiKey = new ApiKeyCaller({
  kind: 'personal',
  user: { userId: 'user-alice' },
} as ApiKey);
export const client = new McpCaller({
  scopes: ['read'],
  userId: 'user-alice',
  orgId: ACME_ID,
} as unknown as McpToken);

class Reports {
  show(this: void): void {}
}

/** Whoever calls in a test. */
export type TestCaller = UserClass | ApiKeyCaller | McpCaller | null;

interface SetupOptions extends Partial<PropelAuthModuleOptions> {
  /** The options of mcpServer(), where the application has the plugin. */
  readonly mcp?: McpOptions;
}

/** What mcpServer() adds to the guard, in an application without `@rekog/mcp-nest`; what it is asked is written down. */
class NotedMcpAccess extends McpAccess {
  constructor(
    options: McpOptions,
    private readonly setup: DeciderSetup,
  ) {
    super(new ModulesContainer(), new McpServerOptions(options));
  }

  override policyBefore(policy: Policy): Policy {
    if (policy.isEndpoint !== true) return policy;
    this.setup.steps.push('policy of the endpoint');
    return { ...policy, callers: MCP_CLIENT, checks: checksOf(ofScopes('write')) };
  }

  override before(decision: Decision): void {
    super.before(decision);
    if (decision.policy && acceptsOnly(decision.policy.callers, 'mcp'))
      this.setup.steps.push('reached');
  }

  override allowed(decision: Decision): void {
    if (decision.identified?.describe().mcp !== undefined || decision.policy?.isEndpoint === true) {
      this.setup.steps.push('prepare');
    }
    super.allowed(decision);
  }
}

/** A decider whose collaborators write down what they are asked, and answer as the test says. */
export class DeciderSetup {
  readonly steps: string[] = [];
  caller: TestCaller | Promise<TestCaller> = user;
  /** What the collaborators were given, by the step. */
  readonly given: Record<string, unknown[]> = {};
  namedOrgs: () => NamedOrgs | Promise<NamedOrgs> = () => [{ orgId: org.orgId }];
  readonly request: Record<string, unknown> & { headers: object } = { headers: {}, once: nothing };
  readonly decider: AccessDecider;

  constructor(policy: Partial<Policy>, { mcp, ...options }: SetupOptions = {}) {
    const noted =
      <Answer>(step: string, answer: () => Answer) =>
      (...given: unknown[]) => {
        this.steps.push(step);
        this.given[step] = given;
        return answer();
      };
    this.decider = new AccessDecider(
      fake<Policies>({
        of: () => ({ ...DEFAULT_POLICY, isExplicit: true, ...ofMcpClients(policy), ...policy }),
      }),
      fake<CallerIdentifier>({ identify: noted('caller', () => this.identified()) }),
      fake<RuleProviders>({
        get: (type) => {
          const services: unknown[] = [
            fake<StepUpVerifier>({ verifyAll: noted('step-up', async () => undefined) }),
            fake<OrgSources>({ ask: noted('org', () => this.namedOrgs()) }),
            fake<CallerAccounts>({ require: noted('account', async () => {}) }),
          ];
          return services[
            [StepUpVerifier, OrgSources, CallerAccounts].indexOf(type as never)
          ] as never;
        },
      }),
      new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, ...options }),
      fake<DecisionReporter>({
        isListening: options.onDecision !== undefined,
        allowed: noted('report', nothing),
      }),
      fake<Rejections>({ reject: (_decision, error) => error }),
      this.tools(
        noted('begin stream', () => 0),
        noted('keep stream', () => nothing),
      ),
      fake<CallerAccounts>({ of: async () => null }),
      mcp ? new NotedMcpAccess(mcp, this) : {},
    );
  }

  private tools(now: () => number, add: () => () => void): CallTools {
    const streams = Object.defineProperty({ add }, 'now', { get: now });
    return fake<CallTools>({ streams: streams as unknown as OpenStreams });
  }

  private identified() {
    const { caller } = this;
    return caller instanceof Promise
      ? caller.then((later) => this.identifiedCaller(later))
      : this.identifiedCaller(caller);
  }

  /** The caller with the kind that identifies such callers, of which nothing is asked but the user of an MCP client. */
  private identifiedCaller(caller: TestCaller): IdentifiedCaller | null {
    if (caller === null) return null;
    const { prototype } =
      caller instanceof McpCaller
        ? McpCallerKind
        : caller instanceof ApiKeyCaller
          ? ApiKeyCallerKind
          : UserCallerKind;
    const kind = Object.create(prototype) as CoreKind;
    const refresh = async (_client: object, policy: Policy) => {
      this.steps.push('present user');
      this.given['present user'] = [_client, policy];
      return new McpCaller(client.token, user, undefined, policy.needsPresentUser === true);
    };
    return new IdentifiedCaller(
      caller instanceof McpCaller ? Object.assign(kind, { refresh }) : kind,
      prototype === UserCallerKind.prototype ? { user: caller, validUntil: Infinity } : caller,
    );
  }

  context(
    type = 'http',
    args: unknown[] = [this.request, { once: nothing }],
  ): ExecutionContextHost {
    const context = new ExecutionContextHost(args, Reports, Reports.prototype.show);
    context.setType(type);
    return context;
  }

  /** Lets a call in, and says what is known of it then. */
  async call(context = this.context()): Promise<Partial<Decision>> {
    const decided: unknown = await this.decider.decide(context);
    if (decided !== true) throw new Error(`The guard returned ${String(decided)}.`);
    return findDecision(context) ?? {};
  }

  /** Why a call is rejected. */
  async rejection(context = this.context()): Promise<unknown> {
    return this.call(context).then(
      () => 'let in',
      (error: unknown) => (error instanceof Rejection ? error.reason : error),
    );
  }
}

/** What the rules of a handler for MCP clients say about its response. */
function ofMcpClients({ callers, isEndpoint }: Partial<Policy>): Partial<Policy> {
  return callers === MCP_CLIENT && isEndpoint !== true ? { eventStream: 'maybe' } : {};
}
