import { meetsMetadata, type MetadataRequirement } from '../../../rules/metadata-requirement.js';
import { isJsonObject, type JsonObject } from '../../../values/json-object.js';
import { inWords, type Credentials, type NamedOrg, type TestCaller } from '../test-caller.js';
import { membershipsFor, strongestMembership, type OrgMembership } from './org-memberships.js';
import { readsCall } from './org-naming.js';
import type { CallerSetup } from './caller-setup.js';

/** What the credential of one caller is good for. */
export interface CallerNeeds {
  readonly org: NamedOrg;
  /** `undefined` if the handler has no organization rule. */
  readonly membership: OrgMembership | undefined;
  readonly scopes: readonly string[];
  readonly metadata: JsonObject;
}

/** How to make the callers of a kind. */
interface CallerFactory {
  readonly kind: string;
  /** Such a caller in words. */
  readonly noun: string;
  /** Such a caller in words, if the handler has organization rules. */
  readonly memberNoun: string;
  /** @returns `undefined` if there is no such credential */
  readonly credentialsFor: (
    needs: CallerNeeds,
  ) => Credentials | undefined | Promise<Credentials | undefined>;
}

/**
 * The callers of one kind that the rules of a handler distinguish: each membership that the organization rules tell apart, a member of
 * another organization, and callers whose credential lacks one scope or the metadata.
 */
export async function callersByRules(
  setup: CallerSetup,
  { kind, noun, memberNoun, credentialsFor }: CallerFactory,
): Promise<TestCaller[]> {
  const { access } = setup.handler;
  const { roles } = setup.accounts.issuer;
  const hasOrgRules = access.orgRequirements.length > 0;
  const { needs, requirements, isMetadataKnown } = needsOf(setup, kind);
  const members = hasOrgRules ? membershipsFor(access.orgRequirements, roles) : [];
  const wishes = [
    ...members.map(({ which, isEnough, ...membership }) => ({
      which,
      mayCall: isEnough && isMetadataKnown,
      needs: { ...needs, membership },
    })),
    ...(hasOrgRules ? [] : [{ which: '', mayCall: isMetadataKnown, needs }]),
    ...lackingOneThing(setup, needs, requirements),
  ];
  const callers: TestCaller[] = [];
  const known = new Set<string>();
  for (const wish of wishes) {
    // Two rules may distinguish the same caller. The first wish says best what it may do.
    const key = JSON.stringify(wish.needs);
    const credentials = known.has(key) ? undefined : await credentialsFor(wish.needs);
    known.add(key);
    if (credentials === undefined) continue;
    const what = inWords(hasOrgRules ? memberNoun : noun, wish.which);
    callers.push({ what, mayCall: wish.mayCall, credentials });
  }
  return callers;
}

/** The needs of an allowed caller, the requirements on the metadata of its kind, and whether metadata that meets them is known. */
export function needsOf({ handler: { access }, org, accounts }: CallerSetup, kind: string) {
  const requirements = access.metadata.filter(({ of }) => of === kind);
  const strongest = strongestMembership(access.orgRequirements, accounts.issuer.roles);
  const metadata = metadataFor(requirements);
  const needs: CallerNeeds = {
    org,
    membership: access.orgRequirements.length > 0 ? strongest : undefined,
    scopes: [...new Set([...access.scopes, ...(access.kindScopes?.get(kind) ?? [])])],
    metadata,
  };
  return { needs, requirements, isMetadataKnown: isMetadataEnough(metadata, requirements) };
}

function lackingOneThing(
  { handler: { access }, accounts }: CallerSetup,
  needs: CallerNeeds,
  requirements: readonly MetadataRequirement[],
) {
  const ofOtherOrg = {
    which: 'of another organization',
    needs: { ...needs, org: accounts.otherOrg },
  };
  const withoutMetadata = {
    which: 'without the required metadata',
    needs: { ...needs, metadata: {} },
  };
  const lacking = [
    ...(needs.membership !== undefined && readsCall(access) ? [ofOtherOrg] : []),
    ...needs.scopes.map((scope) => ({
      which: `without the scope ${scope}`,
      needs: { ...needs, scopes: needs.scopes.filter((other) => other !== scope) },
    })),
    ...(isMetadataEnough({}, requirements) ? [] : [withoutMetadata]),
  ];
  return lacking.map((one) => ({ ...one, mayCall: false }));
}

/** Metadata with everything that rules name. What functions of the application require is not known. */
function metadataFor(requirements: readonly MetadataRequirement[]): JsonObject {
  return requirements
    .map(({ required }) => required)
    .filter(isJsonObject)
    .reduce((one, other) => merged(one, other) as JsonObject, {});
}

function merged(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isJsonObject(one) || !isJsonObject(other)) return other;
  const shared = Object.keys(other).filter((name) => Object.hasOwn(one, name));
  const both = shared.map((name) => [name, merged(one[name], other[name])] as const);
  return { ...one, ...other, ...Object.fromEntries(both) };
}

/** A function that throws lets nobody in. */
function isMetadataEnough(
  metadata: JsonObject,
  requirements: readonly MetadataRequirement[],
): boolean {
  try {
    return requirements.every((requirement) => meetsMetadata(metadata, requirement));
  } catch {
    return false;
  }
}
