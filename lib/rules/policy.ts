import type { CanActivate, Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { StepUpRequirement } from './access-rule.js';
import { UNTRACEABLE, USER, type Callers } from './callers.js';
import type { MetadataRequirement } from './metadata-requirement.js';
import type { OrgRequirement } from './org-requirement.js';

/** The rules of a handler that descriptions of the application show. */
export interface DescribedRules {
  readonly deniesImpersonation: boolean;
  /** The sources that find the organization; all have to find the same one. Empty when there are no organization rules. */
  readonly orgSources: readonly OrgSourceOption[];
  readonly orgRequirements: readonly OrgRequirement[];
  readonly stepUps: readonly StepUpRequirement[];
  /** The scopes that the credential of every caller has to have, all of them. */
  readonly scopes: readonly string[];
  /** The scopes that callers of one kind need as well, by the kind. */
  readonly kindScopes?: ReadonlyMap<string, readonly string[]>;
  /** Whether the handler rejects callers without an account. */
  readonly requiresAccount?: true;
  /** What the metadata of callers of one kind has to say, such as that of API keys, all of them. */
  readonly metadata: readonly MetadataRequirement[];
  /** Whether a decorator says that calls may name any organization. It changes nothing about access. */
  readonly uncheckedOrg?: true;
  /** The guard of the application that protects a handler for everyone. It changes nothing about what this package decides. */
  readonly guardedBy?: Type<CanActivate>;
}

/** Everything that a call of one handler has to meet. */
export interface Policy extends DescribedRules {
  readonly callers: Callers;
  /** Whether a decorator or the application's own guard on the handler requires this, and not only the default of the module. */
  readonly isExplicit: boolean;
  /** What exempts the handler from `requireUserByDefault`, such as `HealthModule`: no rule of this package applies to it. */
  readonly exemptedBy?: string;
  /** The token sources of the nearest level that has any; empty if the transport finds the token. */
  readonly tokenSources: readonly TokenSource[];
  /** Whether the present state of the user behind an MCP token is needed: for organization rules and for `@CurrentUser()`. */
  readonly needsPresentUser?: true;
  /** Whether the handler belongs to an endpoint controller, for the tools, resources and prompts of `@rekog/mcp-nest`. */
  readonly isMcpEndpoint?: true;
  /** Whether the response of the handler stays open, as an event stream. */
  readonly opensEventStream?: true;
  /** Whether only the handler knows if its response stays open: MCP SDKs answer with JSON or with an event stream. */
  readonly mayRespondWithStream?: true;
}

/** The policy of a handler without rules, if a guard is called for it: it requires a user. */
export const DEFAULT_POLICY: Policy = {
  callers: USER,
  isExplicit: false,
  deniesImpersonation: false,
  tokenSources: [],
  orgSources: [],
  orgRequirements: [],
  stepUps: [],
  scopes: [],
  metadata: [],
};

/** The policy of a handler that cannot be traced to a method: no call passes. */
export const UNTRACEABLE_POLICY: Policy = {
  ...DEFAULT_POLICY,
  callers: UNTRACEABLE,
  isExplicit: true,
};
