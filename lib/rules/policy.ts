import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { ApiKeyKind, CallerMode, StepUpRequirement } from './access-rule.js';
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
  readonly mode: CallerMode;
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

/** From the strictest on: which mode wins where rules of one level contradict each other about users. */
export const STRICTNESS: readonly CallerMode[] = ['user', 'optional', 'public'];

/** The policy of a handler without any rule, where a guard is called for it: a user. */
export const DEFAULT_POLICY: Policy = {
  mode: 'user',
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
  mode: 'untraceable',
  isExplicit: true,
};

/** What a call has to meet that is one of several methods: the rules of all. */
export function combinePolicies(all: readonly Policy[]): Policy {
  const [first = DEFAULT_POLICY, ...others] = all;
  if (others.every((other) => isSamePolicy(first, other))) return first;
  const modes = new Set(all.map(({ mode }) => mode));
  const kinds = new Set(all.map(({ apiKeyKind }) => apiKeyKind));
  const mode = kinds.size > 1 ? 'nobody' : strictestOf(modes);
  return {
    mode,
    isExplicit: all.some(({ isExplicit }) => isExplicit),
    apiKeyKind: first.apiKeyKind,
    deniesImpersonation: all.some(({ deniesImpersonation }) => deniesImpersonation),
    tokenSources: unionOf(all.map(({ tokenSources }) => tokenSources)),
    orgSources: unionOf(all.map(({ orgSources }) => orgSources)),
    orgRequirements: all.flatMap(({ orgRequirements }) => orgRequirements),
    stepUps: distinctRequirements(all.flatMap(({ stepUps }) => stepUps)),
    scopes: unionOf(all.map(({ scopes }) => scopes)),
    ...(all.some(({ needsPresentUser }) => needsPresentUser) && { needsPresentUser: true }),
    ...(all.every(({ uncheckedOrg }) => uncheckedOrg) && { uncheckedOrg: true }),
  };
}

/** Whether two handlers let in the same callers, for certain. */
export function isSamePolicy(one: Policy, other: Policy): boolean {
  return (
    one === other ||
    (one.mode === other.mode &&
      one.apiKeyKind === other.apiKeyKind &&
      one.isExplicit === other.isExplicit &&
      one.deniesImpersonation === other.deniesImpersonation &&
      isSameList(one.tokenSources, other.tokenSources) &&
      isSameList(one.orgSources, other.orgSources) &&
      isSameList(one.orgRequirements, other.orgRequirements) &&
      isSameList(one.stepUps, other.stepUps) &&
      isSameList(one.scopes, other.scopes) &&
      one.needsPresentUser === other.needsPresentUser)
  );
}

export function strictestOf(modes: ReadonlySet<CallerMode>): CallerMode {
  if (modes.size === 1) return [...modes][0] as CallerMode;
  const areAboutUsers = [...modes].every((mode) => STRICTNESS.includes(mode));
  return (areAboutUsers ? STRICTNESS.find((mode) => modes.has(mode)) : undefined) ?? 'nobody';
}

/** A grant can be good for one use only, so that one which two rules ask for is asked for once. */
export function distinctRequirements(
  requirements: readonly StepUpRequirement[],
): StepUpRequirement[] {
  return [...new Map(requirements.map((one) => [JSON.stringify(one), one])).values()];
}

function unionOf<Value>(lists: readonly (readonly Value[])[]): Value[] {
  return [...new Set(lists.flat())];
}

/** Sources are the same when they are the same function, requirements when they say the same. */
function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return (
    one.length === other.length &&
    one.every((value, index) =>
      typeof value === 'function'
        ? value === other[index]
        : JSON.stringify(value) === JSON.stringify(other[index]),
    )
  );
}
