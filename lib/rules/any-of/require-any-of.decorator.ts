import { assertDefinedArguments } from '../../values/defined-arguments.js';
import {
  createAccessDecorator,
  ruleOfDecorator,
  type AccessDecorator,
} from '../access.decorator.js';
import { isRule, type Rule } from '../rule.js';
import { anyOfRule } from './any-of-rule.js';

/** The types of rules that can be branches. The others use something up, or say who calls. */
const TYPES: readonly string[] = ['org', 'scope', 'application'];

/**
 * Requires what at least one of several rules says: `Admin` of the organization, or an editor of the document. The rules are tried from the
 * left, and the first that passes wins. If none passes, the last denial is the response; 503 if a rule could not be tried.
 *
 * All other rules of handler and class have to be met as well. `@CurrentOrg()` is `null` if a branch without an organization has passed.
 *
 * @param branches two or more results of organization rules, `RequireScope()`, {@link accessRule} and {@link guardRule}
 * @returns a decorator for controllers and their methods
 * @throws {TypeError} for fewer than two, for any other decorator, and for one with the option `of`. Startup fails if the branches are about
 * different callers, and no decorator names those whom the handler accepts
 * @example
 * ```ts
 * class DocumentsController {
 *   @Put('documents/:documentId')
 *   @RequireAnyOf(RequireOrgRole('Admin', { org: orgOf(DocumentLoader) }), RequireShareLink())
 *   change() {}
 * }
 * ```
 *
 * @publicApi
 */
export function RequireAnyOf(...branches: readonly AccessDecorator[]): AccessDecorator {
  const decorator = '@RequireAnyOf()';
  assertDefinedArguments(decorator, branches);
  if (branches.length < 2) {
    throw new TypeError(
      `${decorator} needs two rules or more. Pass them, or write the only one itself.`,
    );
  }
  return createAccessDecorator({
    type: anyOfRule,
    argument: { branches: branches.map((branch) => branchOf(decorator, branch)) },
    decorator,
  });
}

function branchOf(decorator: string, branch: unknown): Rule {
  const rule = ruleOfDecorator(branch);
  if (rule === undefined) {
    throw new TypeError(
      `${decorator} got something else than the result of a rule, such as RequireOrgRole('Admin'). Results of applyDecorators() do not count.`,
    );
  }
  if (!isRule(rule) || !TYPES.includes(rule.type.name)) {
    throw new TypeError(
      `${decorator} cannot have ${rule.decorator} as a branch: only rules about organizations and scopes, and those of your application.`,
    );
  }
  if (rule.of !== undefined || rule.tokenSource !== undefined) {
    throw new TypeError(
      `${decorator} has ${rule.decorator} with the option ${rule.of === undefined ? 'tokenSource' : 'of'} as a branch. Leave the option out, and ` +
        'name the callers by another decorator.',
    );
  }
  return rule;
}
