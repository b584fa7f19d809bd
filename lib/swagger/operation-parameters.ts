import { descriptionsOf } from '../rules/access-summary.js';
import type { HandlerAccess } from '../rules/handler-access.js';
import type { RuleParameter } from '../rules/rule.js';
import type { Parameter, Parameters } from './openapi-types.js';

/** What the rules of a handler read from a request. */
export function parametersOf(access: HandlerAccess): RuleParameter[] {
  return descriptionsOf(access).flatMap(({ parameters = [] }) => parameters);
}

/**
 * The parameters of an operation and those that its access rules read, which come first. A declared parameter keeps its place, description
 * and schema.
 *
 * @param path the path of the operation, such as `/orgs/{orgId}`; `undefined` for a webhook
 */
export function withRuleParameters(
  declared: Parameters = [],
  access: HandlerAccess,
  path: string | undefined,
): Parameters {
  return parametersOf(access)
    .filter((parameter) => isOfOperation(parameter, path))
    .reduceRight(withParameter, declared);
}

/** Whether an operation has a parameter: a property of the body is none, and a path has only its own. */
function isOfOperation({ name, in: place }: RuleParameter, path: string | undefined): boolean {
  if (place === 'path') return path?.includes(`{${name}}`) === true;
  return place !== 'body';
}

/** Adds a parameter that a rule reads, or merges it into the declared one. */
function withParameter(parameters: Parameters, needed: RuleParameter): Parameters {
  const isSame = (one: Parameters[number]) => isSameParameter(one, needed);
  const index = parameters.findIndex(isSame);
  if (index < 0) return [{ ...needed, schema: { type: 'string' } } as Parameter, ...parameters];
  // SwaggerModule lists a header twice if class and handler declare it in different case. The handler's entry is last.
  const declared = Object.assign({}, ...parameters.filter(isSame)) as Parameter;
  const merged: Parameter = {
    ...declared,
    description: declared.description || needed.description,
    required: declared.required || needed.required,
  };
  return parameters.toSpliced(index, 1, merged).filter((one) => one === merged || !isSame(one));
}

/** Header names are case-insensitive (RFC 9110, section 5.1). */
function isSameParameter(one: Parameters[number], { name, in: place }: RuleParameter): boolean {
  if (!('in' in one) || one.in !== place) return false;
  return place === 'header' ? one.name.toLowerCase() === name.toLowerCase() : one.name === name;
}
