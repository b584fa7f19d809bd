import type { Type } from '@nestjs/common';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { checkBoolean } from '../options/option-checks.js';
import { ruleOfDecorator } from '../rules/access.decorator.js';
import { isEveryone, USER } from '../rules/callers.js';
import type { GlobalLevel } from '../rules/global-level.js';
import { isCallerRule, isOverride, type AccessRule } from '../rules/rule.js';
import { isClass } from '../values/provided-class.js';

/** The options of the module that make the global level. */
type GlobalOptions = Readonly<
  Partial<Record<'requireUserByDefault' | 'globalRules' | 'except', unknown>>
>;

/** @throws {PropelAuthConfigurationError} for a wrong option, and for exceptions from nothing */
export function globalLevelOf(options: GlobalOptions = {}): GlobalLevel {
  const rules = rulesOf(options);
  const except = exceptionsOf(options);
  if (except.length > 0 && rules.length === 0) {
    throw new PropelAuthConfigurationError(
      'except lists what global rules do not apply to, and there are none. Set globalRules or requireUserByDefault, or remove except.',
    );
  }
  return { rules, except: except.filter(isClass), paths: except.filter(isPath) };
}

function rulesOf({ requireUserByDefault, globalRules = [] }: GlobalOptions): AccessRule[] {
  if (!Array.isArray(globalRules)) {
    throw new PropelAuthConfigurationError(
      'globalRules is not a list. Set it to results of decorators, as in [RequireUser()].',
    );
  }
  const rules = globalRules.map((decorator, index) =>
    globalRuleOf(decorator, `globalRules[${index}]`),
  );
  assertOneCallerRule(rules);
  const isUserRequired = checkBoolean('requireUserByDefault', requireUserByDefault, false);
  if (!isUserRequired) return rules;
  if (rules.length > 0) {
    throw new PropelAuthConfigurationError(
      'requireUserByDefault is short for globalRules: [RequireUser()]. Remove it, and name the callers in globalRules.',
    );
  }
  return [{ callers: USER, decorator: 'requireUserByDefault' }];
}

/** Messages say where the rule is. */
function globalRuleOf(value: unknown, name: string): AccessRule {
  const rule = ruleOfDecorator(value);
  if (rule === undefined) {
    throw new PropelAuthConfigurationError(
      `${name} is not the result of a decorator of this package, such as RequireUser(). Results of applyDecorators() do not count; if it is ` +
        'undefined, its file and this one import each other.',
    );
  }
  if (isOverride(rule) || (isCallerRule(rule) && isEveryone(rule.callers))) {
    throw new PropelAuthConfigurationError(
      `${name} is ${rule.decorator}, which is only for handlers and classes. Remove it.`,
    );
  }
  return { ...rule, decorator: `${rule.decorator} of globalRules` };
}

function assertOneCallerRule(rules: readonly AccessRule[]): void {
  const naming = rules.filter(isCallerRule).map(({ decorator }) => decorator);
  if (naming.length < 2) return;
  throw new PropelAuthConfigurationError(
    `${naming.join(' and ')} name the callers. Keep one of them.`,
  );
}

function exceptionsOf({ except = [] }: GlobalOptions): readonly (Type | string)[] {
  if (!Array.isArray(except)) {
    throw new PropelAuthConfigurationError(
      'except is not a list. Set it to modules, controllers, resolvers and gateways of other libraries, as in [HealthModule].',
    );
  }
  const index = except.findIndex((named) => !isClass(named) && !isPath(named));
  if (index >= 0) {
    throw new PropelAuthConfigurationError(
      `except[${index}] is neither a class nor a path that begins with a slash. List module, controller, resolver and gateway classes; a ` +
        'package cannot be listed by its name, because a class does not tell its package.',
    );
  }
  return except as readonly (Type | string)[];
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/');
}
