import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { StepUpRequirement } from './access-rule.js';
import type { ApiKeyKind } from './callers.js';
import { UNTRACEABLE, USER, type Callers } from './callers.js';
import type { OrgRequirement } from './org-requirement.js';

/** The rules of a handler that descriptions of the application show. */
export interface DescribedRules {
  /** The kind of API keys that is accepted, if any are; `undefined` means both. */
  readonly apiKeyKind: ApiKeyKind | undefined;
  readonly deniesImpersonation: boolean;
  /** Where the organization is named; all have to name the same one. Empty when there are no organization rules. */
  readonly orgSources: readonly OrgSourceOption[];
  readonly orgRequirements: readonly OrgRequirement[];
  readonly stepUps: readonly StepUpRequirement[];
  /** The scopes that an MCP token has to have, all of them. */
  readonly scopes: readonly string[];
  /** Whether a decorator says that calls may name any organization. It changes nothing about access. */
  readonly uncheckedOrg?: true;
}

/** Everything that a call of one handler has to meet. */
export interface Policy extends DescribedRules {
  readonly callers: Callers;
  /** Whether it comes from a decorator, and not only from the default of the module. */
  readonly isExplicit: boolean;
  /** Where the token is, of all that the nearest level names; empty where the transport says. */
  readonly tokenSources: readonly TokenSource[];
  /** Whether the present state of the user behind an MCP token is needed: for organization rules and for `@CurrentUser()`. */
  readonly needsPresentUser?: true;
  /** Whether it is an endpoint controller of the tools, resources and prompts of `@rekog/mcp-nest`. */
  readonly isMcpEndpoint?: true;
  /** Whether its response stays open, as an event stream. */
  readonly opensEventStream?: true;
  /** Whether only the handler knows if its response stays open: MCP SDKs answer with JSON or with an event stream. */
  readonly mayRespondWithStream?: true;
}

/** The policy of a handler without any rule, where a guard is called for it: a user. */
export const DEFAULT_POLICY: Policy = {
  callers: USER,
  isExplicit: false,
  apiKeyKind: undefined,
  deniesImpersonation: false,
  tokenSources: [],
  orgSources: [],
  orgRequirements: [],
  stepUps: [],
  scopes: [],
};

/** The policy of a handler that cannot be traced to a method: no call passes. */
export const UNTRACEABLE_POLICY: Policy = {
  ...DEFAULT_POLICY,
  callers: UNTRACEABLE,
  isExplicit: true,
};

/** A grant can be good for one use only, so that one which two rules ask for is asked for once. */
export function distinctRequirements(
  requirements: readonly StepUpRequirement[],
): StepUpRequirement[] {
  return [...new Map(requirements.map((one) => [JSON.stringify(one), one])).values()];
}
