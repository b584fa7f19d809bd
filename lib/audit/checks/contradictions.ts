import { isCallerRule, isOrgRule } from '../../rules/access-rule.js';
import { KINDS_OF_PROPELAUTH } from '../../rules/caller-kind-names.js';
import {
  acceptsOnly,
  apiKeyKindOf,
  isEveryone,
  isOptional,
  kindsOf,
  type Callers,
} from '../../rules/callers.js';
import { flatten } from '../../rules/handler-levels.js';
import { readCallerParameters, type CallerParameter } from '../../rules/caller-parameters.js';
import type { AuditedMethod } from './audited-route.js';
import { findUnmeetableRules } from './unmeetable-rules.js';

/** Contradictions in the rules of a handler, each with its fix. */
export function findContradictions(audited: AuditedMethod): string[] {
  return [
    ...findConflictingCallers(audited),
    ...findConflictingSources(audited),
    ...findCheckedOrgs(audited),
    ...findUnmeetableRules(audited),
    ...findKeysWithoutOrg(audited),
    ...findSharedGrantHeaders(audited),
    ...findCallerlessParameters(audited),
  ];
}

/** Two caller rules on one level: of two decorators, or of one for different kinds of API keys. */
function findConflictingCallers({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const callerRules = rules.filter(isCallerRule);
    const decorators = new Set(callerRules.map(({ decorator }) => decorator));
    const names = [...decorators].join(' and ');
    if (decorators.size > 1) return [`${names} are on the same method or class. Remove one.`];
    const kinds = new Set(callerRules.map(({ callers }) => apiKeyKindOf(callers)));
    return kinds.size > 1
      ? [`${names} is used twice, with different kinds of API keys. Remove one.`]
      : [];
  });
}

/** Two organization sources on one level. */
function findConflictingSources({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const orgRules = rules.filter(isOrgRule);
    const sources = new Set(orgRules.flatMap(({ source }) => source ?? []));
    return sources.size > 1
      ? [
          `${orgRules.map(({ decorator }) => decorator).join(' and ')} have different org sources on the same method or class. ` +
            'Keep one; to check two, put one on the class and one on the method.',
        ]
      : [];
  });
}

/**
 * `uncheckedOrg` beside an organization rule, or inside of one. On a class, the option is only a default, which a rule on a handler may
 * override.
 */
function findCheckedOrgs({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules, outside }) => {
    const unchecked = rules.filter(isCallerRule).find(({ uncheckedOrg }) => uncheckedOrg);
    const orgRule = [rules, ...outside].flat().find(isOrgRule);
    return unchecked === undefined || orgRule === undefined
      ? []
      : [
          `The option uncheckedOrg of ${unchecked.decorator} contradicts ${orgRule.decorator}, which checks the organization. ` +
            'Remove one of them.',
        ];
  });
}

/** Personal and generic keys belong to no organization, so no organization rule can pass. */
function findKeysWithoutOrg({ policy }: AuditedMethod): string[] {
  const kind = apiKeyKindOf(policy.callers);
  const hasOrg = kind !== 'personal' && kind !== 'generic';
  if (hasOrg || policy.orgRequirements.length === 0) return [];
  return [
    `The organization rule rejects every API key of the kind '${kind}', because such keys belong to no organization. ` +
      "Remove the rule, or accept keys of the kind 'org'.",
  ];
}

/** A grant is valid for one action type, so two action types cannot read it from the same header. */
function findSharedGrantHeaders({ policy }: AuditedMethod): string[] {
  const headers = policy.stepUps.map(({ grantHeader }) => grantHeader);
  const shared = headers.filter((header, index) => headers.indexOf(header) !== index);
  return [...new Set(shared)].map(
    (header) =>
      `@RequireStepUpMfa() reads the grants of several action types from the same header "${header}". Keep one decorator, ` +
      'or give each its own grantHeader.',
  );
}

/** Caller parameters that never have a value. */
function findCallerlessParameters({ controller, name, policy }: AuditedMethod): string[] {
  const { callers } = policy;
  const parameters = readCallerParameters(controller, name);
  const findingIf = (isUseless: boolean, parameter: CallerParameter, problem: string) =>
    isUseless && parameters.includes(parameter) ? [`${parameter} ${problem}`] : [];
  return [
    ...findingIf(
      isEveryone(callers),
      '@CurrentUser()',
      'never has a value under @Public(), which ignores access tokens. Use @OptionalUser() instead of @Public().',
    ),
    ...findingIf(
      acceptsOnly(callers, 'api-key'),
      '@CurrentUser()',
      'never has a value under @RequireApiKey(), which ignores access tokens. Use @CurrentApiKey(), or use ' +
        '@RequireUserOrApiKey() instead of @RequireApiKey().',
    ),
    ...findingIf(
      acceptsOnlyOwnKinds(callers),
      '@CurrentUser()',
      'never has a value on a handler that accepts only your own kinds of callers. Use @CurrentCaller().',
    ),
    ...findingIf(
      isEveryone(callers),
      '@CurrentCaller()',
      'never has a value on a handler that identifies nobody. Add a rule about callers, such as @OptionalUser(), or remove ' +
        'the parameter.',
    ),
    ...findingIf(
      isEveryone(callers),
      '@CurrentAccount()',
      'never has a value under @Public(), which identifies no caller. Use @RequireUser(), or @OptionalUser() with ' +
        '@CurrentAccount({ optional: true }), instead of @Public().',
    ),
    ...findingIf(
      policy.requiresAccount === true && isOptional(callers),
      '@CurrentAccount()',
      'rejects the unauthenticated callers whom @OptionalUser() accepts. Use @CurrentAccount({ optional: true }), or ' +
        '@RequireUser() instead of @OptionalUser().',
    ),
    ...findingIf(
      policy.orgRequirements.length === 0,
      '@CurrentOrg()',
      'never has a value without an organization rule. Add @RequireOrgMember() or remove the parameter.',
    ),
    ...findingIf(
      acceptsOnly(callers, 'mcp'),
      '@CurrentApiKey()',
      'never has a value on a handler for MCP clients, whose API keys are ignored. Use @CurrentMcpToken().',
    ),
    ...findingIf(
      !acceptsOnly(callers, 'mcp') && !kindsOf(callers).has('api-key'),
      '@CurrentApiKey()',
      'never has a value on a handler that does not accept API keys. Add @RequireApiKey() or @RequireUserOrApiKey().',
    ),
    ...findingIf(
      !acceptsOnly(callers, 'mcp'),
      '@CurrentMcpToken()',
      'never has a value without a rule about MCP tokens. Add @RequireMcpToken() or remove the parameter.',
    ),
  ];
}

function acceptsOnlyOwnKinds(callers: Callers): boolean {
  const kinds = [...kindsOf(callers).keys()];
  return kinds.length > 0 && !kinds.some((name) => KINDS_OF_PROPELAUTH.includes(name));
}
