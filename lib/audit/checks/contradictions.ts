import { isCallerRule, isOrgRule } from '../../rules/access-rule.js';
import { acceptsOnly, apiKeyKindOf, isEveryone, isOptional, kindsOf } from '../../rules/callers.js';
import { accessModeOf, ownKindNamesIn } from '../../rules/handler-access.js';
import { flatten } from '../../rules/handler-levels.js';
import { readCallerParameters, type CallerParameter } from '../../rules/caller-parameters.js';
import type { AuditedMethod } from './audited-route.js';
import { findUnmeetableRules } from './unmeetable-rules.js';

/** Contradictions in the rules of a handler, each with its fix. */
export function findContradictions(audited: AuditedMethod): string[] {
  return [
    ...findConflictingCallers(audited),
    ...findConflictingKinds(audited),
    ...findConflictingSources(audited),
    ...findCheckedOrgs(audited),
    ...findUnmeetableRules(audited),
    ...findKeysWithoutOrg(audited),
    ...findSharedGrantHeaders(audited),
    ...findCallerlessParameters(audited),
  ];
}

/** Two caller rules on one level. */
function findConflictingCallers({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const decorators = new Set(rules.filter(isCallerRule).map(({ decorator }) => decorator));
    return decorators.size > 1
      ? [`${[...decorators].join(' and ')} are on the same method or class. Remove one.`]
      : [];
  });
}

/** One decorator twice on one level, for different kinds of API keys. */
function findConflictingKinds({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const aboutApiKeys = rules
      .filter(isCallerRule)
      .filter(({ callers }) => kindsOf(callers).has('api-key'));
    const decorators = new Set(aboutApiKeys.map(({ decorator }) => decorator));
    return [...decorators].flatMap((name) => {
      const ofDecorator = aboutApiKeys.filter(({ decorator }) => decorator === name);
      const kinds = new Set(ofDecorator.map(({ callers }) => apiKeyKindOf(callers)));
      return kinds.size > 1
        ? [`${name} is used twice, with different kinds of API keys. Remove one.`]
        : [];
    });
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
  const parameters = readCallerParameters(controller, name);
  const has = (parameter: CallerParameter): boolean => parameters.includes(parameter);
  const findings: string[] = [];
  if (has('@CurrentUser()') && isEveryone(policy.callers)) {
    findings.push(
      '@CurrentUser() never has a value under @Public(), which ignores access tokens. Use @OptionalUser() instead of ' +
        '@Public().',
    );
  }
  if (has('@CurrentUser()') && acceptsOnly(policy.callers, 'api-key')) {
    findings.push(
      '@CurrentUser() never has a value under @RequireApiKey(), which ignores access tokens. Use @CurrentApiKey(), or use ' +
        '@RequireUserOrApiKey() instead of @RequireApiKey().',
    );
  }
  const own = ownKindNamesIn(accessModeOf(policy.callers));
  if (has('@CurrentUser()') && own.length === kindsOf(policy.callers).size && own.length > 0) {
    findings.push(
      '@CurrentUser() never has a value on a handler that accepts only your own kinds of callers. Use @CurrentCaller().',
    );
  }
  if (has('@CurrentCaller()') && isEveryone(policy.callers)) {
    findings.push(
      '@CurrentCaller() never has a value on a handler that identifies nobody. Add a rule about callers, such as ' +
        '@OptionalUser(), or remove the parameter.',
    );
  }
  if (has('@CurrentAccount()') && isEveryone(policy.callers)) {
    findings.push(
      '@CurrentAccount() never has a value under @Public(), which identifies no caller. Use @RequireUser(), or @OptionalUser() with ' +
        '@CurrentAccount({ optional: true }), instead of @Public().',
    );
  }
  if (policy.requiresAccount === true && isOptional(policy.callers)) {
    findings.push(
      '@CurrentAccount() rejects the unauthenticated callers whom @OptionalUser() accepts. Use @CurrentAccount({ optional: true }), or ' +
        '@RequireUser() instead of @OptionalUser().',
    );
  }
  if (has('@CurrentOrg()') && policy.orgRequirements.length === 0) {
    findings.push(
      '@CurrentOrg() never has a value without an organization rule. Add @RequireOrgMember() or remove the parameter.',
    );
  }
  if (has('@CurrentApiKey()') && acceptsOnly(policy.callers, 'mcp')) {
    findings.push(
      '@CurrentApiKey() never has a value on a handler for MCP clients, whose API keys are ignored. Use @CurrentMcpToken().',
    );
  } else if (has('@CurrentApiKey()') && !kindsOf(policy.callers).has('api-key')) {
    findings.push(
      '@CurrentApiKey() never has a value on a handler that does not accept API keys. Add @RequireApiKey() or ' +
        '@RequireUserOrApiKey().',
    );
  }
  if (has('@CurrentMcpToken()') && !acceptsOnly(policy.callers, 'mcp')) {
    findings.push(
      '@CurrentMcpToken() never has a value without a rule about MCP tokens. Add @RequireMcpToken() or remove the ' +
        'parameter.',
    );
  }
  return findings;
}
