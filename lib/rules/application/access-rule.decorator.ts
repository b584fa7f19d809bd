import type { Type } from '@nestjs/common';
import type { AccessCall, AccessNeed } from '../../options/access-rule.interface.js';
import { assertDefinedArguments } from '../../values/defined-arguments.js';
import { isClass } from '../../values/provided-class.js';
import { createAccessDecorator, type AccessDecorator } from '../access.decorator.js';
import { applicationRule } from './application-rule.js';
import type { OwnRule } from './own-rule.js';

/** A class that `accessRule()` takes, before its needs are compared. */
interface AnyRule {
  readonly name: string;
  readonly requires?: readonly AccessNeed[] | undefined;
  authorize(call: never, ...args: never): unknown;
}

/** The arguments of the decorator of a rule. */
type ArgumentsOf<Rule extends AnyRule> =
  Parameters<Rule['authorize']> extends [unknown?, ...infer Args] ? Args : [];

type NeedsOf<Rule extends AnyRule> = Rule['requires'] extends readonly (infer Need extends
  AccessNeed)[]
  ? Need
  : never;

/** An error of the compiler for a rule that reads more of its call than `requires` lists. */
type RequiresWhatItReads<Rule extends AnyRule> =
  Parameters<Rule['authorize']> extends []
    ? unknown
    : AccessCall<NeedsOf<Rule>> extends Parameters<Rule['authorize']>[0]
      ? unknown
      : { readonly 'List in requires what authorize() reads of its call': never };

/**
 * Makes the decorator of a rule of your application. Its rules add up with all others: those of the class and of parent classes count as
 * well. Where no other decorator names the callers, they are users.
 *
 * @param rule the class of the rule, a singleton provider of one module
 * @returns a function with the arguments of the rule, which returns a decorator for controllers and their methods
 * @throws {TypeError} if it is not a class. Startup fails if the class is not provided, provided twice, request-scoped or no
 * {@link AccessRule}
 * @example
 * ```ts
 * export const RequirePlan = accessRule(PlanRule);
 *
 * @Controller('orgs/:orgId/exports')
 * class ExportsController {
 *   @Post()
 *   @RequireOrgMember()
 *   @RequirePlan('pro')
 *   create() {}
 * }
 * ```
 *
 * @publicApi
 */
export function accessRule<Rule extends AnyRule>(
  rule: Type<Rule> & RequiresWhatItReads<Rule>,
): (...args: ArgumentsOf<Rule>) => AccessDecorator {
  assertDefinedArguments('accessRule()', arguments);
  if (!isClass(rule)) {
    throw new TypeError('accessRule() needs the class of a rule. Pass one such as PlanRule.');
  }
  const decorator = `accessRule(${rule.name})`;
  return (...args) => {
    assertDefinedArguments(decorator, args);
    return createAccessDecorator({
      type: applicationRule,
      argument: { rule: rule as unknown as Type<OwnRule>, args: Object.freeze([...args]) },
      decorator,
    });
  };
}
