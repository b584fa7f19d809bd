import type { Type } from '@nestjs/common';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import type { Denial } from '../rejections/rejection.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Callers } from './callers.js';
import type { OwnProviders } from './application/own-providers.js';
import type { RuleCall } from './rule-call.js';
import type { ScopeHierarchy } from './scope/scope-hierarchy.js';

/** A rule that a decorator adds to a class or method, beside those that name its callers. Rules add up. */
export interface Rule<Argument = unknown> {
  readonly type: RuleType;
  /** What the decorator was given. */
  readonly argument: Argument;
  /** The only kind of callers that the rule is about; `undefined` if it is about all. */
  readonly of?: string | undefined;
  readonly decorator: string;
  /** Where the token is; `undefined` if another rule or the transport says it. */
  readonly tokenSource?: TokenSource | undefined;
}

/** Names the callers of a class or method. */
export interface CallerRule {
  readonly callers: Callers;
  /** Set if calls of the handlers may name organizations that no rule checks. */
  readonly uncheckedOrg?: true;
  readonly decorator: string;
  /** Where the token is; `undefined` if another rule or the transport says it. */
  readonly tokenSource?: TokenSource | undefined;
}

/** Drops the rules of the class of a method and of the classes above, but not the callers and the sources that these name. */
export interface RuleOverride {
  readonly overrides: 'classes';
  readonly decorator: string;
  readonly tokenSource?: undefined;
}

/** What a decorator writes over a class or method. */
export type AccessRule = CallerRule | Rule | RuleOverride;

export function isCallerRule(rule: AccessRule): rule is CallerRule {
  return 'callers' in rule;
}

/** Whether a rule rejects some of the accepted callers. */
export function isRule(rule: AccessRule): rule is Rule {
  return 'type' in rule;
}

export function isOverride(rule: AccessRule): rule is RuleOverride {
  return 'overrides' in rule;
}

/** The rules of one level. */
export interface Level {
  readonly rules: readonly AccessRule[];
  /**
   * The rules around this level, nearest first: for a method, those of the class that declares it, of the classes above, and the global ones.
   */
  readonly outside: readonly (readonly AccessRule[])[];
  /**
   * Whether the method drops the rules of this level, or the operation of a field has met them. The callers and the sources that these name
   * stay.
   */
  readonly isDropped?: true;
  /** Whether this is the level of the module. A rule of it that is not about the callers of a handler asks nothing of them. */
  readonly isGlobal?: true;
}

/** The rules of a handler, from the inner levels to the outer ones. */
export interface HandlerLevels {
  /** The level of the method itself. */
  readonly method: Level;
  /** The levels of the methods that it overrides, nearest first, without `@Public()`, `@OptionalUser()` and `@OverrideRules()`. */
  readonly overridden: readonly Level[];
  /** The levels of its class and the classes above, nearest first. */
  readonly classes: readonly Level[];
  /** The level of the module, about all handlers. */
  readonly global: Level;
}

/** A rule and the level on which it is written. */
export interface PlacedRule<Argument = unknown> extends Rule<Argument> {
  readonly level: Level;
}

/**
 * What a kind of callers can say about its callers: the functions of it that the checks of rules ask. A kind without one has nothing to say,
 * and a rule about it is never met.
 */
export interface KindFacts {
  readonly name: string;
  readonly membershipsOf?: Function | undefined;
  readonly scopesOf?: Function | undefined;
  /** Which of its scopes include others. Default: none. */
  readonly scopeHierarchy?: ScopeHierarchy | undefined;
  readonly metadataOf?: Function | undefined;
  readonly impersonatorOf?: Function | undefined;
  /** The reason for a call without a credential, where no other kind is accepted. */
  readonly missing?: RejectionReason;
  /** The reasons for rejections that its callers should know, beside those of rules. */
  readonly reasons?: readonly RejectionReason[];
  /**
   * Its callers in words, or those that a decorator accepts alone, such as `organization API key`. Default: the name of the kind.
   *
   * @param only what the decorator says about the kind, if it says anything
   */
  readonly inWords?: ((only?: unknown) => string) | undefined;
  /** Whether its callers are users of PropelAuth, or act for one whom a handler can have. */
  readonly hasUser?: boolean;
  /** Whether its callers can pass an MFA challenge for an action, and bring the grant with the call. */
  readonly canStepUp?: boolean;
  /**
   * What is wrong with a handler that accepts the kind, each with its fix: it would reject all callers of the kind.
   *
   * @param only what the decorator says about the kind, if it says anything
   */
  readonly audit?: ((handler: RuledHandler, only?: unknown) => string[]) | undefined;
  /** Whether no caller of the kind has an organization that `activeOrg()` could find. */
  readonly hasNoActiveOrg?: boolean;
  /** Where organization rules look on handlers for this kind alone, if no decorator says it. Default: where the application says. */
  readonly orgSource?: OrgSourceOption;
  /** Whether handlers for this kind alone may respond with an event stream, which only they know. */
  readonly mayGetStream?: boolean;
  /** Why its callers meet no rule of a type, by the name of the type, where nothing else says it. */
  readonly unanswered?: Readonly<Record<string, string>>;
}

/** `met`: all callers of the kind meet the rule. `never`: none does, so a handler that accepts the kind contradicts the rule. */
export type Verdict = 'checked' | 'met' | 'never';

/** What a rule takes from outside of its decorators. */
export interface RuleDefaults {
  /** Where organization rules look when neither their level nor one outside of it names a source. */
  readonly orgSource: OrgSourceOption;
  /** The rules and loaders of the application. */
  readonly own: Pick<OwnProviders, 'ruleOf' | 'ruleOfGuard' | 'loaderOf'>;
}

/** Finds the providers that checks need. */
export interface RuleServices {
  get<Service>(type: Type<Service>): Service;
}

/** A handler, as the startup checks of rules see it. */
export interface RuledHandler {
  /** How the handler is called, such as `http`. */
  readonly type: string;
  readonly levels: HandlerLevels;
  readonly policy: { readonly callers: Callers; readonly checks: readonly RuleCheck[] };
}

/** A parameter that a rule reads, as OpenAPI describes it. */
export interface RuleParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'body';
  readonly description: string;
  readonly required: boolean;
}

/** A rule for people and for machines. */
export interface RuleDescription {
  /** Those who meet the rule, such as `members of the org in path orgId`. */
  readonly who?: string;
  /** What the rule asks of all callers, such as `not impersonated`. */
  readonly words?: string;
  /** What the rule asks of callers of one kind, such as `scope reports:read`, by the kind. */
  readonly ofKinds?: ReadonlyMap<string, string>;
  /** The reasons for rejections that callers should know. */
  readonly reasons: readonly RejectionReason[];
  /** The reasons for rejections of unauthenticated callers, on handlers that accept those. Default: none. */
  readonly reasonsForNobody?: readonly RejectionReason[];
  /** How rules of the application deny calls. Default: not at all. */
  readonly denials?: readonly Denial[];
  /** What calls have to bring. Default: nothing. */
  readonly parameters?: readonly RuleParameter[];
  /** The rule as JSON, for `describeAccess()` and OpenAPI. */
  readonly data: unknown;
}

/**
 * A type of rules: everything that the guard, the access table, OpenAPI and the startup checks need to know of it. All rules of one type on a
 * handler become one check.
 */
export interface RuleType<Argument = unknown, Combined = unknown> {
  readonly name: string;
  /** The kind of callers that the rule implies where no decorator names any. Default: `user`. */
  readonly implies?: string;
  /** Whether it is checked on unauthenticated callers as well. Default: they never meet it. */
  acceptsNobody?(argument: Argument): boolean;
  /** What a message says where only some of the accepted callers can meet the rule. Default: that the rule requires others. */
  readonly partly?: string;
  /** What the rule asks a kind of callers about, and the function of `CallerKind` that answers. */
  readonly asks?: { readonly about: string; readonly answer: string };
  /** Whether it is checked on the user whom the caller is, or acts for, as PropelAuth knows them now. */
  readonly needsUser?: boolean;
  /** The classes that {@link check} asks. The module provides them. */
  readonly providers?: readonly Type[];

  /** Combines the rules of a handler, from the inner levels to the outer ones. Equal rules count once. */
  combine(rules: readonly PlacedRule<Argument>[], defaults: RuleDefaults): Combined;

  /** Whether the rule can be checked on callers of a kind. */
  on(kind: KindFacts, argument: Argument): Verdict;

  /**
   * Checks what nobody has to be asked about. All types do so before any of them asks somebody.
   *
   * @throws {Rejection} if the caller does not meet the rules
   */
  precheck?(call: RuleCall, combined: Combined): void;

  /**
   * Checks the rest. A promise is returned only if something has to be waited for.
   *
   * @throws {Rejection} if the caller does not meet the rules
   */
  check?(call: RuleCall, combined: Combined, services: RuleServices): void | Promise<void>;

  /** Whether the application reads calls to check the rule, so that messages of one connection may differ. Default: `false`. */
  dependsOnCall?(combined: Combined): boolean;

  /**
   * The argument for code that asks about a caller without a handler. Default: no code can ask.
   *
   * @param orgId the organization that the code names
   * @throws {TypeError} if the code has to name one
   */
  fromCode?(argument: Argument, orgId: string | undefined): unknown;

  /** The checks of which one has to pass, for a type that consists of others. */
  branchesOf?(combined: Combined): readonly (readonly RuleCheck[])[];

  describe(combined: Combined): RuleDescription;

  /** What is wrong with these rules on a handler, each with its fix. They would reject callers whom the handler accepts. */
  audit?(combined: Combined, handler: RuledHandler): string[];
}

/** All rules of one type on a handler. */
export interface RuleCheck<Combined = unknown> {
  readonly type: RuleType<unknown, Combined>;
  readonly combined: Combined;
}
