import type { CoreKind } from '../../../callers/core-kind.js';
import { impersonationRule } from '../../../rules/impersonation/impersonation-rule.js';
import { meetsMetadata } from '../../../rules/metadata/metadata-requirement.js';
import { orgRule } from '../../../rules/org/org-rule.js';
import { metadataRule, type RequiredMetadata } from '../../../rules/metadata/metadata-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import type { RuleType } from '../../../rules/rule.js';
import { meetsScopes, scopesIn } from '../../../rules/scope/scope-requirement.js';
import { scopeRule, scopesFor, type RequiredScopes } from '../../../rules/scope/scope-rule.js';
import { stepUpRule } from '../../../rules/step-up/step-up-rule.js';
import type { StepUpRequirement } from '../../../rules/step-up/step-up-verifier.js';
import { isJsonObject, type JsonObject } from '../../../values/json-object.js';
import type { Credentials, TestCaller } from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import type { CallerProfile, DistinguishedCallers } from './caller-profile.js';
import { orgCallers } from './org-callers.js';

interface RuleCallers<Required = unknown> {
  readonly type: RuleType<never, Required>;
  /** The callers of a kind that the rules of this type tell apart. */
  distinguish(required: Required, kind: CoreKind, setup: CallerSetup): DistinguishedCallers;
}

/** The types of rules, in the order in which their callers are tried. */
const RULES: readonly RuleCallers[] = [
  { type: orgRule, distinguish: orgCallers },
  { type: scopeRule, distinguish: scopeCallers },
  { type: metadataRule, distinguish: metadataCallers },
  { type: impersonationRule, distinguish: impersonatedCallers },
  { type: stepUpRule, distinguish: stepUpCallers },
];

function scopeCallers(
  required: RequiredScopes,
  { name, scopeHierarchy }: CoreKind,
): DistinguishedCallers {
  const requirements = scopesFor(name, required);
  const all = [...new Set(scopesIn(requirements))];
  // One of alternatives may be missing, all of them may not.
  const missing = [...all.map((scope) => [scope]), ...requirements.map((one) => scopesIn([one]))];
  const callers = missing.map((some) => {
    const scopes = all.filter((scope) => !some.includes(scope));
    const isAllowed = meetsScopes(scopes, requirements, scopeHierarchy);
    return { which: `without the scope ${some.join(' and ')}`, isAllowed, but: { scopes } };
  });
  return { needs: { scopes: all }, callers };
}

function metadataCallers(required: RequiredMetadata, { name }: CoreKind): DistinguishedCallers {
  const requirements = required.get(name) ?? [];
  const isEnough = (metadata: JsonObject) =>
    requirements.every((one) => isJsonObject(one.required) && meetsMetadata(metadata, one));
  const known = requirements.map((one) => one.required).filter(isJsonObject);
  const metadata: JsonObject = Object.assign({}, ...known);
  // What functions of the application require is not known: no key or credential with it can be made.
  if (!isEnough(metadata)) return { needs: { metadata: undefined }, callers: [] };
  const without = { which: 'without the required metadata', but: { metadata: {} } };
  return { needs: { metadata }, callers: isEnough({}) ? [] : [without] };
}

function impersonatedCallers(_required: true, { hasUser }: CoreKind): DistinguishedCallers {
  const impersonated = { which: 'whom an employee impersonates', but: { isImpersonated: true } };
  return { callers: hasUser ? [impersonated] : [] };
}

function stepUpCallers(required: readonly StepUpRequirement[]): DistinguishedCallers {
  const grants = Object.fromEntries(required.map((one) => [one.grantHeader, one.actionType]));
  const callers = required.map(({ actionType, grantHeader }) => ({
    which: `with a step-up grant for another action than ${actionType}`,
    but: { grants: { ...grants, [grantHeader]: `not ${actionType}` } },
  }));
  return { needs: { grants }, callers };
}

/** How to make the callers of a kind. */
interface CallerFactory {
  /** Such a caller in words. */
  readonly noun: string;
  /** Such a caller in words, if the handler has organization rules. */
  readonly memberNoun: string;
  /** @returns `undefined` if there is no such credential */
  readonly credentialsFor: (
    profile: CallerProfile,
  ) => Credentials | undefined | Promise<Credentials | undefined>;
}

/** The callers of one kind that the rules of a handler distinguish. Each rejected one differs from an allowed one in a single thing. */
export async function callersByRules(
  setup: CallerSetup,
  kind: CoreKind,
  { noun, memberNoun, credentialsFor }: CallerFactory,
): Promise<TestCaller[]> {
  const allowed = allowedProfile(setup, kind);
  const hasOrgRules = allowed.membership !== undefined;
  const distinguished = distinguishedBy(setup, kind).flatMap((rule) => rule.callers);
  if (!hasOrgRules) distinguished.unshift({ which: '', isAllowed: true, but: {} });
  const callers: TestCaller[] = [];
  const known = new Set<string>();
  for (const { which, isAllowed = false, but } of distinguished) {
    const profile = { ...allowed, ...but };
    // Two rules may distinguish the same caller. The first one says best what it may do.
    const key = JSON.stringify(profile);
    const credentials = known.has(key) ? undefined : await credentialsFor(profile);
    known.add(key);
    if (credentials === undefined) continue;
    const what = `${hasOrgRules ? memberNoun : noun} ${which}`.trim();
    const mayCall = isAllowed && allowed.metadata !== undefined;
    callers.push({ what, mayCall, credentials });
  }
  return callers;
}

/** What an allowed caller of a kind is good for. */
export function allowedProfile(setup: CallerSetup, kind: CoreKind): CallerProfile {
  const needs = distinguishedBy(setup, kind).map((rule) => rule.needs);
  return Object.assign({ org: setup.org, metadata: {} }, ...needs);
}

/** Those of each type of rules that is checked on callers of a kind. */
function distinguishedBy(setup: CallerSetup, kind: CoreKind): DistinguishedCallers[] {
  return RULES.flatMap((rule) => {
    const required = combinedOf(setup.handler.access, rule.type);
    const isChecked =
      required !== undefined && rule.type.on(kind, undefined as never) === 'checked';
    return isChecked ? [rule.distinguish(required, kind, setup)] : [];
  });
}
