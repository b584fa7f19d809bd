import { impersonationRule } from '../../../rules/impersonation/impersonation-rule.js';
import {
  meetsMetadata,
  type MetadataRequirement,
} from '../../../rules/metadata/metadata-requirement.js';
import { metadataRule } from '../../../rules/metadata/metadata-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import { scopeRule, scopesFor } from '../../../rules/scope/scope-rule.js';
import { stepUpRule } from '../../../rules/step-up/step-up-rule.js';
import { isJsonObject, type JsonObject } from '../../../values/json-object.js';
import type { Credentials, TestCaller } from '../test-caller.js';
import type { CallerProfile } from './caller-profile.js';
import type { RuleCallers, CallerSetup } from './rule-callers.interface.js';
import { ORG_CALLERS } from './org-callers.js';

const SCOPE_CALLERS: RuleCallers = {
  needs({ handler: { access } }, kind) {
    const required = combinedOf(access, scopeRule);
    return { scopes: required === undefined ? [] : [...new Set(scopesFor(kind, required))] };
  },
  distinguish(allowed) {
    const { scopes = [] } = allowed;
    return scopes.map((scope) => ({
      which: `without the scope ${scope}`,
      profile: { ...allowed, scopes: scopes.filter((other) => other !== scope) },
    }));
  },
};

/** What functions of the application require is not known: no key or credential with it can be made. */
const METADATA_CALLERS: RuleCallers = {
  needs(setup, kind) {
    const requirements = metadataRules(setup, kind);
    const required = requirements.map((one) => one.required).filter(isJsonObject);
    const metadata: JsonObject = Object.assign({}, ...required);
    return isMetadataEnough(metadata, requirements) ? { metadata } : {};
  },
  distinguish(allowed, setup, kind) {
    const isNeeded = !isMetadataEnough({}, metadataRules(setup, kind));
    if (allowed.metadata === undefined || !isNeeded) return [];
    return [{ which: 'without the required metadata', profile: { ...allowed, metadata: {} } }];
  },
};

const IMPERSONATION_CALLERS: RuleCallers = {
  distinguish(allowed, { handler }, kind) {
    if (kind !== 'user' || !combinedOf(handler.access, impersonationRule)) return [];
    const profile: CallerProfile = { ...allowed, isImpersonated: true };
    return [{ which: 'whom an employee impersonates', profile }];
  },
};

const STEP_UP_CALLERS: RuleCallers = {
  needs({ handler }) {
    const grants = (combinedOf(handler.access, stepUpRule) ?? []).map(
      (one) => [one.grantHeader, one.actionType] as const,
    );
    return { grants: Object.fromEntries(grants) };
  },
  distinguish(allowed, { handler }, kind) {
    if (kind !== 'user') return [];
    return (combinedOf(handler.access, stepUpRule) ?? []).map(({ actionType, grantHeader }) => {
      const grants = { ...allowed.grants, [grantHeader]: `not ${actionType}` };
      const which = `with a step-up grant for another action than ${actionType}`;
      return { which, profile: { ...allowed, grants } };
    });
  },
};

/** The types of rules, in the order in which their callers are tried. */
const RULES = [
  ORG_CALLERS,
  SCOPE_CALLERS,
  METADATA_CALLERS,
  IMPERSONATION_CALLERS,
  STEP_UP_CALLERS,
];

/** How to make the callers of a kind. */
interface CallerFactory {
  readonly kind: string;
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
  { kind, noun, memberNoun, credentialsFor }: CallerFactory,
): Promise<TestCaller[]> {
  const allowed = allowedProfile(setup, kind);
  const hasOrgRules = allowed.membership !== undefined;
  const distinguished = [
    ...(hasOrgRules ? [] : [{ which: '', isAllowed: true, profile: allowed }]),
    ...RULES.flatMap((rule) => rule.distinguish(allowed, setup, kind)),
  ];
  const callers: TestCaller[] = [];
  const known = new Set<string>();
  for (const { which, isAllowed = false, profile } of distinguished) {
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
export function allowedProfile(setup: CallerSetup, kind: string): CallerProfile {
  return Object.assign({ org: setup.org }, ...RULES.map((rule) => rule.needs?.(setup, kind)));
}

function metadataRules({ handler }: CallerSetup, kind: string): readonly MetadataRequirement[] {
  return combinedOf(handler.access, metadataRule)?.get(kind) ?? [];
}

function isMetadataEnough(metadata: JsonObject, requirements: readonly MetadataRequirement[]) {
  return requirements.every((one) => isJsonObject(one.required) && meetsMetadata(metadata, one));
}
