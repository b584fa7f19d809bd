import { Get, type Type } from '@nestjs/common';
import { ApiKeyCallerKind } from '../../lib/callers/api-key/api-key-caller-kind.js';
import { UserCallerKind } from '../../lib/callers/user/user-caller-kind.js';
import { McpCallerKind } from '../../lib/mcp/callers/mcp-caller-kind.js';
import type { OrgSourceOption } from '../../lib/options/org-source.interface.js';
import type { AccessRule } from '../../lib/rules/rule.js';
import { impersonationRule } from '../../lib/rules/impersonation/impersonation-rule.js';
import type { OrgArgument } from '../../lib/rules/org/org-argument.js';
import { orgRule } from '../../lib/rules/org/org-rule.js';
import type { OrgRequirement } from '../../lib/rules/org/org-requirement.js';
import type { Policy } from '../../lib/rules/policy.js';
import type { KindFacts, Rule, RuleCheck } from '../../lib/rules/rule.js';
import { RULE_TYPES } from '../../lib/rules/rule-types.js';
import { scopeRule } from '../../lib/rules/scope/scope-rule.js';
import { stepUpRule } from '../../lib/rules/step-up/step-up-rule.js';
import type { StepUpRequirement } from '../../lib/rules/step-up/step-up-verifier.js';
import type { KindLookUp } from '../../lib/rules/verdicts.js';
import { markMethods } from '../../lib/rules/declared-method.js';
import { recordClassRule, recordMethodRule } from '../../lib/rules/rule-metadata.js';
import { decorateHandler } from './routes.js';
import { callersOf, type CallersName } from './callers.js';

/** One decorator's word on who may call. */
export function callerRule(decorator: string, mode: CallersName = 'user'): AccessRule {
  return { callers: callersOf(mode), decorator };
}

/** Every member of the organization, and nobody else. */
export function memberRule(decorator: string): Rule {
  return ofOrg({ type: 'member' }, undefined, decorator);
}

export function ofOrg(
  requirement: OrgRequirement,
  source?: OrgSourceOption,
  decorator = '@org',
): Rule<OrgArgument> {
  return { type: orgRule, argument: { requirement, source }, decorator };
}

export function ofScopes(...scopes: string[]): Rule<string[]> {
  return { type: scopeRule, argument: scopes, decorator: '@scope' };
}

export function ofStepUp(actionType: string): Rule<StepUpRequirement> {
  const argument = { actionType, grantHeader: 'x-grant' };
  return { type: stepUpRule, argument, decorator: '@stepUp' };
}

export const noImpersonation: Rule = {
  type: impersonationRule,
  argument: undefined,
  decorator: '@noImpersonation',
};

const KINDS = [
  factsOf(UserCallerKind.prototype, { name: 'user', canStepUp: true }),
  factsOf(ApiKeyCallerKind.prototype, { name: 'api-key' }),
  factsOf(McpCallerKind.prototype, { name: 'mcp', mayGetStream: true }),
];

/** What PropelAuth's kinds of callers show about themselves. */
export const kindsOfPropelAuth: KindLookUp = (name) => KINDS.find((kind) => kind.name === name);

/** A kind as its class has it, without the collaborators that it identifies callers with. */
function factsOf(
  prototype: object,
  fields: Pick<KindFacts, 'name' | 'canStepUp' | 'mayGetStream'>,
): KindFacts {
  return Object.assign(Object.create(prototype) as object, fields);
}

function noProvider(): never {
  throw new Error('The application has no rules of its own');
}

/** Of an application that has no rules and loaders of its own. */
export const noOwn = { ruleOf: noProvider, ruleOfGuard: noProvider, loaderOf: noProvider };

/** The checks of rules that are all on one level. */
export function checksOf(...rules: Rule[]): RuleCheck[] {
  const level = { rules, outside: [] };
  const defaults = { orgSource: () => undefined, own: noOwn };
  return RULE_TYPES.flatMap((type) => {
    const ofType = rules.filter((rule) => rule.type === type);
    const placed = ofType.map((rule) => ({ ...rule, level }));
    return placed.length === 0 ? [] : [{ type, combined: type.combine(placed, defaults) }];
  });
}

/** The checks of a policy, without the methods of their types: what each says by its name. */
export function combinedByName({ checks }: Pick<Policy, 'checks'>): Record<string, unknown> {
  return Object.fromEntries(checks.map(({ type, combined }) => [type.name, combined]));
}

export function methodOf(type: Type, name: string): Function {
  return (type.prototype as Record<string, Function>)[name] as Function;
}

/** Writes rules over a class as decorators do. */
export function writeOverClass(type: Type, ...rules: AccessRule[]): void {
  markMethods(type);
  for (const rule of rules) recordClassRule(type, rule);
}

/** Writes rules over a method as decorators do. */
export function writeOverMethod(type: Type, name: string, ...rules: AccessRule[]): void {
  markMethods(type);
  for (const rule of rules) recordMethodRule(type, name, rule);
}

/** Makes methods the handlers of routes. */
export function handle(type: Type, ...names: string[]): void {
  for (const name of names) decorateHandler(type, name, Get());
}

/** Gives a class the method of another. */
export function copyMethod(to: Type, name: string, method: Function): void {
  Object.defineProperty(to.prototype, name, { value: method, configurable: true });
}

/** A function that says nothing of itself. */
export function newFunction(): Function {
  return () => {};
}

/** Wraps a function as tools do that watch handlers: with its metadata, under no name. */
export function wrap(method: Function): Function {
  const wrapper = newFunction();
  for (const key of Reflect.getOwnMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  return wrapper;
}
