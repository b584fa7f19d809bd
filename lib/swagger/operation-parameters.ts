import { readsOf } from '../options/org-source-description.js';
import type { OrgSourceReads } from '../options/org-source.interface.js';
import type { HandlerAccess } from '../rules/handler-access.js';
import type { Parameter, Parameters } from './openapi-types.js';

/** A parameter that an organization rule or a step-up rule reads. */
type RuleParameter = Pick<Parameter, 'name' | 'in' | 'description' | 'required'>;

/** The default description of the value that an organization source reads. */
export const NAMES_THE_ORGANIZATION = 'The organization that the request is about.';

/**
 * The parameters of an operation and those that its access rules read. Parameters for the organization come first, headers for step-up
 * grants last. A declared parameter keeps its place, description and schema.
 *
 * @param path the path of the operation, such as `/orgs/{orgId}`; `undefined` for a webhook
 */
export function withRuleParameters(
  declared: Parameters = [],
  { orgSources, stepUps }: HandlerAccess,
  path: string | undefined,
): Parameters {
  const naming = readsOf(orgSources).flatMap((reads) => parameterFor(reads, path) ?? []);
  const withNaming = naming.reduceRight(
    (parameters, parameter) => withParameter(parameters, parameter, 'first'),
    declared,
  );
  return stepUps
    .map(grantHeader)
    .reduce((parameters, grant) => withParameter(parameters, grant, 'last'), withNaming);
}

/** The parameter that a source reads; none if the source reads something else, or a path parameter that the path does not have. */
function parameterFor(
  { from, name = '', required = true, description = NAMES_THE_ORGANIZATION }: OrgSourceReads,
  path: string | undefined,
): RuleParameter | undefined {
  switch (from) {
    case 'path':
      return path?.includes(`{${name}}`)
        ? { name, in: from, required: true, description }
        : undefined;
    case 'query':
    case 'header':
      return { name, in: from, required, description };
    default:
      return undefined;
  }
}

function grantHeader({
  grantHeader: name,
  actionType,
}: HandlerAccess['stepUps'][number]): RuleParameter {
  const description = `A step-up grant of PropelAuth for the action ${actionType}.`;
  return { name, in: 'header', required: true, description };
}

/** Adds a parameter that a rule reads, or merges it into the declared one. */
function withParameter(
  parameters: Parameters,
  needed: RuleParameter,
  position: 'first' | 'last',
): Parameters {
  const isSame = (one: Parameters[number]) => isSameParameter(one, needed);
  const index = parameters.findIndex(isSame);
  if (index < 0) {
    const added: Parameter = { ...needed, schema: { type: 'string' } };
    return position === 'first' ? [added, ...parameters] : [...parameters, added];
  }
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
