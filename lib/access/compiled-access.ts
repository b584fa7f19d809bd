import type { Type } from '@nestjs/common';
import type { OrgSource } from '../options/org-source.interface.js';
import type { TokenSource } from '../options/token-source.interface.js';
import { isHandlerOf } from '../transport/handler-kinds.js';
import {
  readAccessRules,
  type AccessRule,
  type OrgRule,
  type UserMode,
  type UserRule,
} from './access-rule.js';
import { hasGuard } from './bound-guards.js';
import type { OrgRequirement } from './org-requirement.js';

/** Everything that has to hold for a call of one handler. */
export interface CompiledAccess {
  readonly mode: UserMode;
  /** Where the token is, of all that the nearest level names; empty where the transport says. */
  readonly tokenSources: readonly TokenSource[];
  /** Where the organization is named; all have to name the same one. Empty when there are no organization rules. */
  readonly orgSources: readonly OrgSource[];
  readonly orgRequirements: readonly OrgRequirement[];
}

/** From the strictest on: what holds where rules of one level contradict each other. */
const STRICTNESS: readonly UserMode[] = ['required', 'optional', 'public'];

/**
 * Puts together what the decorators of a handler, of its class and of the classes above say.
 *
 * @param defaultSource where organization rules look when no level names a source
 */
export function compileAccess(
  controller: Type,
  handler: Function,
  defaultSource: OrgSource,
): CompiledAccess {
  const levels = [readAccessRules(handler), ...classLevels(controller)];
  const orgRules = effectiveOrgRules(levels);
  return {
    // A rule about an organization is one about a user first.
    mode:
      orgRules.length > 0
        ? 'required'
        : (nearestMode(levels) ?? modeWithoutRule(controller, handler)),
    tokenSources: nearestTokenSources(levels),
    orgSources: orgSourcesOf(orgRules, nearestSource(levels) ?? defaultSource),
    orgRequirements: orgRules.map(({ requirement }) => requirement),
  };
}

/** The rules of a class and of each class above it, nearest first. */
export function classLevels(controller: Type): (readonly AccessRule[])[] {
  const levels: (readonly AccessRule[])[] = [];
  for (
    let current: unknown = controller;
    typeof current === 'function' && current !== Function.prototype;
    current = Object.getPrototypeOf(current)
  ) {
    levels.push(readAccessRules(current));
  }
  return levels;
}

/** The strictest user mode among the rules of one level. */
export function modeOf(rules: readonly AccessRule[]): UserMode | undefined {
  return STRICTNESS.find((mode) => rules.some((rule) => isUserRule(rule) && rule.mode === mode));
}

/** Organization rules add up; only `@Public()` on the handler lifts those of the classes. */
function effectiveOrgRules([
  handlerRules = [],
  ...ofClasses
]: (readonly AccessRule[])[]): OrgRule[] {
  const lifted = modeOf(handlerRules) === 'public' && !handlerRules.some(isOrgRule);
  return [...handlerRules, ...(lifted ? [] : ofClasses.flat())].filter(isOrgRule);
}

function nearestMode(levels: (readonly AccessRule[])[]): UserMode | undefined {
  return levels.map(modeOf).find((mode) => mode !== undefined);
}

/** A global guard has no say about a field: it belongs to what the operation above it returned, which was decided about. */
function modeWithoutRule(controller: Type, handler: Function): UserMode {
  return isHandlerOf('field', handler) && !hasGuard(controller, handler) ? 'public' : 'required';
}

function nearestTokenSources(levels: (readonly AccessRule[])[]): TokenSource[] {
  const named = levels.map((rules) =>
    rules.flatMap(({ tokenSource }) => (tokenSource === undefined ? [] : [tokenSource])),
  );
  return [...new Set(named.find((sources) => sources.length > 0))];
}

function nearestSource(levels: (readonly AccessRule[])[]): OrgSource | undefined {
  return levels.map(sourceOf).find((source) => source !== undefined);
}

function sourceOf(rules: readonly AccessRule[]): OrgSource | undefined {
  return rules.filter(isOrgRule).find(({ source }) => source !== undefined)?.source;
}

function orgSourcesOf(orgRules: readonly OrgRule[], inherited: OrgSource): OrgSource[] {
  return [...new Set(orgRules.map(({ source }) => source ?? inherited))];
}

export function isUserRule(rule: AccessRule): rule is UserRule {
  return rule.kind === 'user';
}

export function isOrgRule(rule: AccessRule): rule is OrgRule {
  return rule.kind === 'org';
}
