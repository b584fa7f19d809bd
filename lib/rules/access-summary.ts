import {
  describeOrgSource,
  isBuiltInSource,
  summaryOfOrgSource,
} from '../options/org-source-description.js';
import type { OrgSourceOption } from '../options/org-source.interface.js';
import type { ApiKeyKind } from '../types/api-key.js';
import { KIND_SEPARATOR, type HandlerAccess } from './handler-access.js';
import type { OrgRequirement } from './org-requirement.js';

/** The words for callers whose name does not describe them. */
const WORDS: Readonly<Record<string, string>> = {
  optional: 'optional user',
  'api-key': 'API key',
  mcp: 'MCP client',
};

const API_KEYS: Record<ApiKeyKind, string> = {
  personal: 'personal API key',
  org: 'organization API key',
  generic: 'generic API key',
  imported: 'imported API key',
};

/**
 * Describes who may call a handler: `user`, `Admin and above of the org in path orgId`. Every part of the package that describes a rule
 * uses these descriptions. A rule without a description is shown as JSON, so that none is left out.
 */
export function summaryOf(access: HandlerAccess): string {
  const {
    access: _access,
    apiKeyKind: _apiKeyKind,
    orgRequirements,
    orgSources: _orgSources,
    deniesImpersonation,
    stepUps,
    scopes,
    kindScopes: _kindScopes,
    metadata: _metadata,
    uncheckedOrg,
    exemptedBy,
    requiresAccount,
    guardedBy,
    ...others
  } = access;
  return [
    exemptedBy === undefined ? callersOf(access) : `exempt (${exemptedBy})`,
    ...(uncheckedOrg ? [uncheckedOrgInWords(orgRequirements)] : []),
    ...(deniesImpersonation ? ['not impersonated'] : []),
    ...(scopes.length > 0 ? [`with scope ${scopes.join(' and ')}`] : []),
    ...stepUps.map(({ actionType }) => `with step-up for ${actionType}`),
    ...(requiresAccount ? ['with account'] : []),
    ...(guardedBy ? [`guarded by ${guardedBy.name}`] : []),
    ...Object.entries(others)
      .filter(([, value]) => isRule(value))
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ].join(', ');
}

/** With an organization rule, only the other organizations that a call names are not checked. */
function uncheckedOrgInWords(orgRequirements: readonly OrgRequirement[]): string {
  return orgRequirements.length === 0 ? 'org not checked' : 'other orgs not checked';
}

function callersOf(described: HandlerAccess): string {
  const { access, orgRequirements, orgSources } = described;
  const callers = access
    .split(KIND_SEPARATOR)
    .map((kind) => kindInWords(kind, described))
    .join(' or ');
  if (orgRequirements.length === 0) return callers;
  const members = `${membersOf(orgRequirements)} of the org ${sourcesInWords(orgSources)}`;
  // Members are users, unless the summary says otherwise.
  return access === 'user' ? members : `${callers}: ${members}`;
}

/** A kind of callers with what the rules ask of it alone: `organization API key with scope reports:write`. */
function kindInWords(kind: string, { apiKeyKind, kindScopes, metadata }: HandlerAccess): string {
  const isOnlyOneOfKeys = kind === 'api-key' && apiKeyKind !== undefined;
  const noun = isOnlyOneOfKeys ? API_KEYS[apiKeyKind] : (WORDS[kind] ?? kind.replaceAll('-', ' '));
  const asked = [
    ...(kindScopes?.get(kind)?.map((scope) => `scope ${scope}`) ?? []),
    ...metadata.filter(({ of }) => of === kind).map(({ words }) => words),
  ];
  return asked.length === 0 ? noun : `${noun} with ${asked.join(' and ')}`;
}

/**
 * Where the organization is named, such as `in token and path orgId`; by which value the application finds it, such as `found by path taskId`;
 * or who names it, such as `that InvoiceOrgSource names`.
 */
function sourcesInWords(sources: readonly OrgSourceOption[]): string {
  const reading = sources.filter(({ reads }) => reads !== undefined);
  const others = sources.filter(({ reads }) => reads === undefined).map(describeOrgSource);
  return [
    placesInWords('in', reading.filter(isBuiltInSource)),
    placesInWords(
      'found by',
      reading.filter((source) => !isBuiltInSource(source)),
    ),
    ...others.map(({ name = 'the application' }) => `that ${name} names`),
  ]
    .filter(Boolean)
    .join(' and ');
}

function placesInWords(preposition: string, sources: readonly OrgSourceOption[]): string {
  const places = sources.map(summaryOfOrgSource).join(' and ');
  return places && `${preposition} ${places}`;
}

/** The members who meet all requirements, such as `Admin and above with can_view`. */
function membersOf(requirements: readonly OrgRequirement[]): string {
  const beyondMembership = requirements.filter(({ kind }) => kind !== 'member');
  const permissions = beyondMembership.filter((requirement) => 'permissions' in requirement);
  const roles = beyondMembership.filter((requirement) => !('permissions' in requirement));
  return [inWords(roles) || 'members', inWords(permissions)].filter(Boolean).join(' ');
}

function inWords(requirements: readonly OrgRequirement[]): string {
  return [...new Set(requirements.map(wordsFor))].join(' and ');
}

function wordsFor(requirement: OrgRequirement): string {
  switch (requirement.kind) {
    case 'role':
      return requirement.exact ? `exactly ${requirement.role}` : `${requirement.role} and above`;
    case 'any-role':
      return requirement.roles.join(' or ');
    case 'permissions':
      return `with ${requirement.permissions.join(' and ')}`;
    case 'any-permission':
      return `with ${requirement.permissions.join(' or ')}`;
    default:
      return JSON.stringify(requirement);
  }
}

function isRule(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false;
}
