import { isBuiltInSource, isRequired } from '../../options/org-source-description.js';
import type { OrgSourceOption } from '../../options/org-source.interface.js';
import type { AccessMode, HandlerAccess } from '../../rules/handler-access.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { allCombinedOf, alwaysHas, combinedOf } from '../../rules/policy.js';
import type { NamedValue } from '../application/named-values.js';

/** General names: only the path segment before such a name says what it identifies. */
const GENERAL_NAMES = new Set(['id', 'uuid', 'name', 'slug', 'key', 'code']);

/** A handler as this check looks at it. */
interface NamingHandler {
  readonly access: HandlerAccess;
  readonly values: readonly NamedValue[];
}

/** The names that an application uses for its organizations: those that the built-in org sources of its rules and its module read. */
export function orgNamesOf(
  handlers: readonly NamingHandler[],
  moduleSource: OrgSourceOption,
): ReadonlySet<string> {
  const read = handlers.flatMap(({ access, values }) =>
    readValuesOf(sourcesOf(access)).flatMap((value) => {
      const inPath = values.filter(({ from, name }) => from === value.from && name === value.name);
      return inPath.length > 0 ? inPath : [value];
    }),
  );
  return new Set(
    [...readValuesOf([moduleSource]), ...read].flatMap((value) => orgNameOf(value) ?? []),
  );
}

/** Only built-in sources count. A source that the application wrote may read the id of something else and look up its organization. */
function readValuesOf(sources: readonly OrgSourceOption[]): NamedValue[] {
  return sources.filter(isBuiltInSource).flatMap(({ reads }) => {
    if (reads?.name === undefined) return [];
    return [{ from: reads.from, name: reads.name }];
  });
}

/**
 * The key of all values with the same meaning: `orgid` for `filter.orgId` and `org_id`, and `orgs/id` for the parameter of `/orgs/:id`; `undefined` if
 * the name says nothing.
 */
function orgNameOf({ name, after }: NamedValue): string | undefined {
  const last = name.toLowerCase().replaceAll(/[_-]/g, '').split('.').at(-1) as string;
  if (!GENERAL_NAMES.has(last)) return last;
  return after === undefined ? undefined : `${after.toLowerCase()}/${last}`;
}

/** The handlers whose author can say that calls may name any organization. The others accept no caller, or explicitly everyone. */
const MODES: readonly AccessMode[] = ['required', 'optional', 'open'];

/**
 * The property `uncheckedOrg` of a description. A handler has it if its calls name an organization in a place that no rule reads, or if a
 * decorator has the option `uncheckedOrg`.
 */
export function uncheckedOrgOf(
  transport: string,
  access: HandlerAccess,
  values: readonly NamedValue[],
  orgNames: ReadonlySet<string>,
): { uncheckedOrg?: { isMeant: boolean; sources: string[] } } {
  if (!hasOrgRule(access) && !acceptsAnyOrg(transport, access)) return {};
  const sourcesOfRules = sourcesOf(access);
  const isMeant = combinedOf(access, orgRule)?.uncheckedOrg ?? access.uncheckedOrg === true;
  const sources = values
    .filter((value) => orgNames.has(orgNameOf(value) ?? ''))
    .filter((value) => !sourcesOfRules.some((source) => mayRead(source, value)))
    .map(({ from, name }) => `${from} ${name}`);
  return isMeant || sources.length > 0 ? { uncheckedOrg: { isMeant, sources } } : {};
}

/** Whether a rule checks an organization of each call. */
export function hasOrgRule(access: HandlerAccess): boolean {
  return alwaysHas(access, orgRule);
}

function sourcesOf(access: HandlerAccess): readonly OrgSourceOption[] {
  return allCombinedOf(access, orgRule).flatMap(({ sources }) => sources);
}

/** Whether the author of a handler without an organization rule can say so, or may have forgotten the rule. */
function acceptsAnyOrg(transport: string, { access }: HandlerAccess): boolean {
  // A message handler without a guard is for other services, not for clients.
  const isInternal = transport === 'rpc' && access === 'open';
  return MODES.includes(access) && !isInternal;
}

/** Whether a source reads a value. The application's own source may read any value, unless `reads` says that each call needs one value. */
function mayRead(source: OrgSourceOption, { from, name }: NamedValue): boolean {
  const { reads } = source;
  if (reads === undefined) return true;
  if (!isBuiltInSource(source) && !isRequired(reads)) return true;
  return reads.from === from && (reads.name === name || isSameHeader(reads, { from, name }));
}

/** The names of headers are compared without case. */
function isSameHeader(one: Partial<NamedValue>, other: NamedValue): boolean {
  return other.from === 'header' && one.name?.toLowerCase() === other.name.toLowerCase();
}

/** What is wrong with a handler whose calls name an unchecked organization in these places, after its name. */
export function uncheckedOrgInWords(access: HandlerAccess, sources: readonly string[]): string {
  const places = sources.join(' and ');
  return hasOrgRule(access)
    ? `names an organization where no rule reads it (${places}).`
    : `names an organization (${places}) and does not check it.`;
}

/** How to fix handlers that accept any organization that a caller names. Either all of them have an organization rule, or none has. */
export function adviceOnUncheckedOrgs(all: readonly HandlerAccess[]): string {
  if (all.every(hasOrgRule)) {
    return (
      'Take the organization from @CurrentOrg(), or read that place by a second rule (one on the class, one on the method); if ' +
      'calls may name another organization there, say so: add uncheckedOrg: true to the organization rule.'
    );
  }
  const meant =
    all.length > 1
      ? 'them, or they check the organization themselves'
      : 'it, or it checks the organization itself';
  const words = new Set(all.flatMap(callersInWords));
  const callers = words.size === 1 ? [...words].join() : 'caller';
  const decorators = [...new Set(all.map(decoratorFor))];
  return (
    `Add @RequireOrgMember() or another organization rule; if every ${callers} may call ${meant}, say so: ` +
    `${decorators.join(' or ')}.`
  );
}

/** The kinds of callers that have to bring a credential; without such, anyone. */
function callersInWords({ access, kinds }: HandlerAccess): string[] {
  return access === 'required' ? [...kinds.values()].map(({ words }) => words) : ['caller'];
}

/** The decorator that names the callers, with the option and what it has about a kind; where none does, one that names the same callers. */
function decoratorFor({ access, decorator, kinds }: HandlerAccess): string {
  if (access === 'open') return '@Public()';
  const named =
    decorator ?? `@RequireCaller(${[...kinds.keys()].map((kind) => `'${kind}'`).join(', ')})`;
  const restricted = [...kinds.values()].find(({ only }) => only !== 'any');
  const option = `{ ${restricted ? `kind: '${restricted.only}', ` : ''}uncheckedOrg: true }`;
  return named.endsWith('()')
    ? named.replace('()', `(${option})`)
    : named.replace(/\)$/, `, ${option})`);
}
