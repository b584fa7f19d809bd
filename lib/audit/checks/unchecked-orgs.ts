import { isBuiltInSource } from '../../organizations/org-source.factory.js';
import type { OrgSourceOption } from '../../options/org-source.interface.js';
import type { AccessMode, HandlerAccess } from '../../rules/handler-access.js';
import type { NamedValue } from '../application/named-values.js';

/** Names of which only what comes before them says what they are about. */
const GENERAL_NAMES = new Set(['id', 'uuid', 'name', 'slug', 'key', 'code']);

/** What a handler needs for its calls to be looked at. */
interface NamingHandler {
  readonly access: HandlerAccess;
  readonly values: readonly NamedValue[];
}

/** What an application calls its organizations: what the built-in sources of its rules read, and that of the module. */
export function orgNamesOf(
  handlers: readonly NamingHandler[],
  moduleSource: OrgSourceOption,
): ReadonlySet<string> {
  const read = handlers.flatMap(({ access, values }) =>
    readValuesOf(access.orgSources).flatMap((value) => {
      const inPath = values.filter(({ from, name }) => from === value.from && name === value.name);
      return inPath.length > 0 ? inPath : [value];
    }),
  );
  return new Set(
    [...readValuesOf([moduleSource]), ...read].flatMap((value) => orgNameOf(value) ?? []),
  );
}

/** A source of the application itself can read something else, and find out to which organization it belongs. */
function readValuesOf(sources: readonly OrgSourceOption[]): NamedValue[] {
  return sources.filter(isBuiltInSource).flatMap(({ reads }) => {
    if (reads?.name === undefined) return [];
    return [{ from: reads.from, name: reads.name }];
  });
}

/**
 * By what values with the same meaning are found: `orgid` for `filter.orgId`, and `orgs/id` for the parameter of `/orgs/:id`; `undefined`
 * where the name says nothing.
 */
function orgNameOf({ name, after }: NamedValue): string | undefined {
  const last = name.toLowerCase().split('.').at(-1) as string;
  if (!GENERAL_NAMES.has(last)) return last;
  return after === undefined ? undefined : `${after.toLowerCase()}/${last}`;
}

/** What lets in every caller of a kind; other handlers are for nobody, or say already that they are for everyone. */
const DECORATORS: Partial<Record<AccessMode, string>> = {
  user: '@RequireUser',
  optional: '@OptionalUser',
  'api-key': '@RequireApiKey',
  'user-or-api-key': '@RequireUserOrApiKey',
  mcp: '@RequireMcpToken',
  open: '@Public',
};

/** What descriptions say of a handler without an organization rule, if its calls name an organization or its decorator says so. */
export function uncheckedOrgOf(
  transport: string,
  { access, orgRequirements, uncheckedOrg }: HandlerAccess,
  values: readonly NamedValue[],
  orgNames: ReadonlySet<string>,
): { uncheckedOrg?: { isMeant: boolean; sources: string[] } } {
  const isMeant = uncheckedOrg === true;
  // Messages without a guard are those between services.
  const isInternal = transport === 'rpc' && access === 'open';
  if (!(access in DECORATORS) || orgRequirements.length > 0 || isInternal) return {};
  const sources = values
    .filter((value) => orgNames.has(orgNameOf(value) ?? ''))
    .map(({ from, name }) => `${from} ${name}`);
  return isMeant || sources.length > 0 ? { uncheckedOrg: { isMeant, sources } } : {};
}

/** How to mend handlers that let in callers who name any organization. */
export function adviceOnUncheckedOrgs(all: readonly HandlerAccess[]): string {
  const callers = all.every(({ access }) => access === 'user') ? 'user' : 'caller';
  const decorators = [...new Set(all.map(decoratorFor))];
  return (
    `Add @RequireOrgMember() or another organization rule; if every ${callers} may call ${all.length > 1 ? 'them' : 'it'}, say so: ` +
    `${decorators.join(' or ')}.`
  );
}

function decoratorFor({ access, apiKeyKind }: HandlerAccess): string {
  const decorator = DECORATORS[access] as string;
  if (access === 'open') return `${decorator}()`;
  const kind = apiKeyKind === undefined ? '' : `kind: '${apiKeyKind}', `;
  return `${decorator}({ ${kind}uncheckedOrg: true })`;
}
