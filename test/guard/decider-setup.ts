import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { OrgMemberInfo, type ApiKeyValidation, type UserClass } from '@propelauth/node-apis';
import { ApiKeyCaller } from '../../lib/callers/api-key/api-key-caller.js';
import type { CallerIdentifier, IdentifiedCaller } from '../../lib/callers/caller-identifier.js';
import { McpCaller } from '../../lib/mcp/callers/mcp-caller.js';
import type { McpCallerIdentifier } from '../../lib/mcp/callers/mcp-caller-identifier.js';
import type { StepUpVerifier } from '../../lib/callers/step-up/step-up-verifier.js';
import type { DecisionReporter } from '../../lib/decision/decision-reporter.js';
import { findDecision, type Decision } from '../../lib/decision/decision.js';
import { AccessDecider } from '../../lib/guard/access-decider.js';
import type { DecidedStreams } from '../../lib/guard/decided-streams.js';
import type { McpAccess } from '../../lib/mcp/nest/mcp-access.js';
import type { OrgRules } from '../../lib/organizations/org-rules.js';
import type { Rejections } from '../../lib/guard/rejections.js';
import type { PropelAuthModuleOptions } from '../../lib/options/propel-auth-module-options.interface.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { Rejection } from '../../lib/rejections/rejection.js';
import type { Policies } from '../../lib/rules/policies.js';
import { DEFAULT_POLICY, type Policy } from '../../lib/rules/policy.js';
import type { McpToken } from '../../lib/types/mcp-token.interface.js';
import type { EventReceiver } from '../../lib/propelauth/webhooks/event-receiver.js';
import type { PropelAuthEvent } from '../../lib/propelauth/webhooks/propel-auth-event.js';
import { fake } from '../support/fake.js';
import { ACME_ID, API_KEY, AUTH_URL } from '../support/project.js';

export const user = { userId: 'user-alice', orgIdToUserOrgInfo: {} } as unknown as UserClass;
export const impersonated = {
  userId: 'user-alice',
  impersonatorUserId: 'employee',
} as unknown as UserClass;
export const apiKey = new ApiKeyCaller({ user: { userId: 'user-alice' } } as ApiKeyValidation);
export const client = new McpCaller({
  scopes: ['read'],
  userId: 'user-alice',
} as unknown as McpToken);
export const org = new OrgMemberInfo(ACME_ID, 'Acme', {}, 'acme', 'Owner', ['Owner'], []);
export const event: PropelAuthEvent = { event_type: 'user.created', user_id: 'user-alice' };

class Reports {
  show(this: void): void {}
}

const nothing = (): undefined => undefined;

/** A decider whose collaborators write down what they are asked, and answer as the test says. */
export class DeciderSetup {
  readonly steps: string[] = [];
  caller: IdentifiedCaller | Promise<IdentifiedCaller> = user;
  prepared: Promise<void> | undefined = undefined;
  /** The rules for what a request to a controller in front calls. */
  policyOfCall: Policy = { ...DEFAULT_POLICY, mode: 'mcp', isMcpEndpoint: true };
  /** What the collaborators were given, by the step. */
  readonly given: Record<string, unknown[]> = {};
  orgAnswer: () => OrgMemberInfo | Promise<OrgMemberInfo> = () => org;
  readonly request: Record<string, unknown> & { headers: object } = { headers: {}, raw: undefined };
  readonly decider: AccessDecider;

  constructor(policy: Partial<Policy>, options: Partial<PropelAuthModuleOptions> = {}) {
    const noted =
      <Answer>(step: string, answer: () => Answer) =>
      (...given: unknown[]) => {
        this.steps.push(step);
        this.given[step] = given;
        return answer();
      };
    this.decider = new AccessDecider(
      fake<Policies>({ of: () => ({ ...DEFAULT_POLICY, isExplicit: true, ...policy }) }),
      fake<CallerIdentifier>({ identify: noted('caller', () => this.caller) }),
      fake<McpCallerIdentifier>({
        withPresentUser: noted('present user', async () => new McpCaller(client.token, user)),
      }),
      fake<StepUpVerifier>({ verifyAll: noted('step-up', async () => undefined) }),
      fake<OrgRules>({ orgFor: noted('org', () => this.orgAnswer()) }),
      fake<EventReceiver>({ receive: noted('event', async () => event) }),
      new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, ...options }),
      fake<DecisionReporter>({
        isListening: options.onDecision !== undefined,
        allowed: noted('report', nothing),
      }),
      fake<Rejections>({ reject: (_decision, error) => error }),
      fake<DecidedStreams>({
        begin: noted('begin stream', nothing),
        keep: noted('keep stream', nothing),
      }),
      fake<McpAccess>({
        policyBefore: noted('policy of the endpoint', () => ({
          ...DEFAULT_POLICY,
          isMcpEndpoint: true,
          mode: policy.mode === 'mcp' ? 'mcp' : 'user',
        })),
        policyAfter: noted('policy of the call', () => this.policyOfCall),
        assertReachedByGuard: noted('reached', nothing),
        prepare: noted('prepare', () => this.prepared),
      }),
    );
  }

  context(type = 'http', args: unknown[] = [this.request, {}]): ExecutionContextHost {
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
