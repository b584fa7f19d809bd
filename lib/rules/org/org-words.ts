import {
  describeOrgSource,
  isBuiltInSource,
  summaryOfOrgSource,
} from '../../options/org-source-description.js';
import { loaderOfSource } from '../../options/org-of.js';
import type { OrgSourceOption } from '../../options/org-source.interface.js';
import type { RuleDefaults } from '../rule.js';
import type { OrgRequirement } from './org-requirement.js';

/** Those who meet organization rules, such as `Admin and above with can_view of the org in path orgId`. */
export function membersInWords(
  requirements: readonly OrgRequirement[],
  sources: readonly OrgSourceOption[],
  loaderOf: RuleDefaults['own']['loaderOf'],
): string {
  return `${membersOf(requirements)} of the org ${sourcesInWords(sources, loaderOf)}`;
}

/** The members who meet all requirements, such as `Admin and above with can_view`. */
function membersOf(requirements: readonly OrgRequirement[]): string {
  const beyondMembership = requirements.filter(({ type }) => type !== 'member');
  const permissions = beyondMembership.filter((requirement) => 'permissions' in requirement);
  const roles = beyondMembership.filter((requirement) => !('permissions' in requirement));
  return [inWords(roles) || 'members', inWords(permissions)].filter(Boolean).join(' ');
}

function inWords(requirements: readonly OrgRequirement[]): string {
  return [...new Set(requirements.map(wordsFor))].join(' and ');
}

function wordsFor(requirement: OrgRequirement): string {
  switch (requirement.type) {
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

/**
 * Where the organization is named, such as `in token and path orgId`; by which value the application finds it, such as `found by path taskId`;
 * or who names it, such as `that InvoiceOrgSource names`.
 */
function sourcesInWords(
  sources: readonly OrgSourceOption[],
  loaderOf: RuleDefaults['own']['loaderOf'],
): string {
  const reading = sources.filter(({ reads }) => reads !== undefined);
  const loaders = sources.flatMap((source) => loaderOfSource(source) ?? []);
  const others = sources
    .filter((source) => source.reads === undefined && loaderOfSource(source) === undefined)
    .map(describeOrgSource);
  return [
    placesInWords('in', reading.filter(isBuiltInSource)),
    placesInWords(
      'found by',
      reading.filter((source) => !isBuiltInSource(source)),
    ),
    ...loaders.map((loader) => `found by ${loaderOf(loader).name}`),
    ...others.map(({ name = 'the application' }) => `that ${name} names`),
  ]
    .filter(Boolean)
    .join(' and ');
}

function placesInWords(preposition: string, sources: readonly OrgSourceOption[]): string {
  const places = sources.map(summaryOfOrgSource).join(' and ');
  return places && `${preposition} ${places}`;
}
