import type { DescribedHandler } from '../../../audit/describe-access.js';
import { CannotCall, type CallParts } from '../entry-point.js';
import { orgPlacesOf } from '../org-places.js';
import { CannotMakeUp, madeUpInputs, type Wish } from './made-up-values.js';
import type { GraphqlField } from './schema-parts.js';

/** The arguments of a field as a client sends them: the required ones, and the organization if a source reads it there. */
export function argumentsFor(
  field: GraphqlField,
  { access }: DescribedHandler,
  parts: CallParts,
): Record<string, unknown> {
  const given = parts.given.args ?? {};
  const wishes = orgPlacesOf(access.orgSources, parts).flatMap(({ from, name, orgId }): Wish[] =>
    from === 'argument' && orgId !== undefined ? [{ path: name.split('.'), value: orgId }] : [],
  );
  const inputs = (field.args ?? []).filter(({ name }) => !Object.hasOwn(given, name));
  try {
    return { ...madeUpInputs(inputs, wishes), ...given };
  } catch (error) {
    if (error instanceof CannotMakeUp) throw new CannotCall(howToGive(error));
    throw error;
  }
}

function howToGive({ input, type }: CannotMakeUp): string {
  return `It needs a value of the scalar ${type} for ${input}. Return one from argsFor: { args: { … } }.`;
}

/** The same arguments with another organization wherever a source reads it; `undefined` if no source reads arguments. */
export function argumentsOfOrg(
  args: Readonly<Record<string, unknown>>,
  { access }: DescribedHandler,
  orgId: string,
): Record<string, unknown> | undefined {
  const org = { orgId, urlSafeOrgName: orgId };
  const paths = orgPlacesOf(access.orgSources, { org })
    .filter(({ from }) => from === 'argument')
    .map(({ name }) => name.split('.'))
    .filter((path) => holderOf(args, path) !== undefined);
  if (paths.length === 0) return undefined;
  const copy = structuredClone(args);
  for (const path of paths) {
    const holder = holderOf(copy, path);
    if (holder !== undefined) holder[path.at(-1) as string] = orgId;
  }
  return copy;
}

/** The object that holds the last name of a path. */
function holderOf(
  args: Readonly<Record<string, unknown>>,
  path: readonly string[],
): Record<string, unknown> | undefined {
  let holder: unknown = args;
  for (const name of path.slice(0, -1)) holder = (holder as Record<string, unknown>)?.[name];
  const isHolder =
    typeof holder === 'object' && holder !== null && Object.hasOwn(holder, path.at(-1) as string);
  return isHolder ? (holder as Record<string, unknown>) : undefined;
}
