import { isCallerRule } from '../../rules/rule.js';
import { KINDS_OF_PROPELAUTH } from '../../rules/caller-kind-names.js';
import {
  acceptsOnly,
  apiKeyKindOf,
  isEveryone,
  kindsOf,
  type Callers,
} from '../../rules/callers.js';
import { orgRule } from '../../rules/org/org-rule.js';
import { combinedOf } from '../../rules/policy.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { flatten } from '../../rules/handler-levels.js';
import { readCallerParameters, type CallerParameter } from '../../rules/caller-parameters.js';
import { findUnmeetableRules } from './unmeetable-rules.js';
import type { ApplicationHandler } from '../application/application-handlers.js';

/** Contradictions in the rules of a handler, each with its fix. */
export function findContradictions(
  audited: ApplicationHandler,
  { policies }: AuditedApplication,
): string[] {
  return [
    ...findConflictingCallers(audited),
    ...findUnmeetableRules(audited, policies.kinds),
    ...audited.policy.checks.flatMap(({ type, combined }) => type.audit?.(combined, audited) ?? []),
    ...findCallerlessParameters(audited),
  ];
}

/** Two caller rules on one level: of two decorators, or of one for different kinds of API keys. */
function findConflictingCallers({ levels }: ApplicationHandler): string[] {
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

/** Caller parameters that never have a value. */
function findCallerlessParameters({ controller, name, policy }: ApplicationHandler): string[] {
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
      combinedOf(policy, orgRule) === undefined,
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
