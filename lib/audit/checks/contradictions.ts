import { callerWordsOf, modeOfWords } from '../../rules/caller-words.js';
import { isCallerRule, isOrgRule, type CallerMode } from '../../rules/access-rule.js';
import { flatten } from '../../rules/handler-levels.js';
import { readCallerParameters, type CallerParameter } from '../../rules/caller-parameters.js';
import type { AuditedMethod } from './audited-route.js';
import { findUnmeetableRules } from './unmeetable-rules.js';

/** What about the rules of a handler cannot be meant as it is written, each with the way out. */
export function findContradictions(audited: AuditedMethod): string[] {
  return [
    ...findConflictingModes(audited),
    ...findConflictingCopies(audited),
    ...findConflictingKinds(audited),
    ...findConflictingSources(audited),
    ...findUnmeetableRules(audited),
    ...findPersonalKeysUnderOrgRules(audited),
    ...findSharedGrantHeaders(audited),
    ...findCallerlessParameters(audited),
  ];
}

/** Two caller rules on one level. */
function findConflictingModes({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const decorators = new Set(rules.filter(isCallerRule).map(({ decorator }) => decorator));
    return decorators.size > 1
      ? [`${[...decorators].join(' and ')} are on the same method or class. Remove one.`]
      : [];
  });
}

/** A copied method whose class lets in other callers than the class that it is copied from. */
function findConflictingCopies({ levels }: AuditedMethod): string[] {
  const words = callerWordsOf(levels);
  if (words.own.length === 0 || words.copied.length === 0) return [];
  if (modeOfWords(words) !== 'nobody') return [];
  const decorators = [words.own, words.copied].map(([rule]) => rule?.decorator);
  return [
    `${decorators.join(' and ')}: one is on this class, the other on a method that was copied into it. Remove one, or write a method ` +
      'of this class that calls the other.',
  ];
}

const API_KEY_MODES: readonly CallerMode[] = ['api-key', 'user-or-api-key'];

/** One decorator twice on one level, for different kinds of API keys. */
function findConflictingKinds({ levels }: AuditedMethod): string[] {
  return flatten(levels).flatMap(({ rules }) => {
    const callerRules = rules.filter(isCallerRule);
    return API_KEY_MODES.flatMap((mode) => {
      const ofMode = callerRules.filter((rule) => rule.mode === mode);
      const kinds = new Set(ofMode.map(({ apiKeyKind }) => apiKeyKind));
      return kinds.size > 1
        ? [`${ofMode[0]?.decorator} is there twice, for different kinds of API keys. Remove one.`]
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
          `${orgRules.map(({ decorator }) => decorator).join(' and ')} have different org sources on the same method or class. Keep ` +
            'one. Sources on a class and on its method both have to name the same organization.',
        ]
      : [];
  });
}

/** A personal key is in no organization, so that no rule about one can say yes of it. */
function findPersonalKeysUnderOrgRules({ policy }: AuditedMethod): string[] {
  if (policy.apiKeyKind !== 'personal' || policy.orgRequirements.length === 0) return [];
  return [
    "An organization rule where only API keys of the kind 'personal' will do, which are in no organization; remove the rule, or " +
      "take keys of the kind 'org'.",
  ];
}

/** One grant is for one kind of action: two kinds cannot take it from the same header. */
function findSharedGrantHeaders({ policy }: AuditedMethod): string[] {
  const headers = policy.stepUps.map(({ grantHeader }) => grantHeader);
  const shared = headers.filter((header, index) => headers.indexOf(header) !== index);
  return [...new Set(shared)].map(
    (header) =>
      `@RequireStepUpMfa() for several kinds of action with the grant in the same header "${header}"; ` +
      'keep one, or give each a grantHeader of its own.',
  );
}

/** A parameter that could never have a value. */
function findCallerlessParameters({ controller, name, policy }: AuditedMethod): string[] {
  const parameters = readCallerParameters(controller, name);
  const has = (parameter: CallerParameter): boolean => parameters.includes(parameter);
  const findings: string[] = [];
  if (has('@CurrentUser()') && policy.mode === 'public') {
    findings.push(
      '@CurrentUser() under @Public(), where no token is looked at; say @OptionalUser() instead of @Public().',
    );
  }
  if (has('@CurrentUser()') && policy.mode === 'api-key') {
    findings.push(
      '@CurrentUser() under @RequireApiKey(), where no access token is looked at; take @CurrentApiKey(), or say ' +
        '@RequireUserOrApiKey() instead.',
    );
  }
  if (has('@CurrentUser()') && policy.mode === 'webhook') {
    findings.push(
      '@CurrentUser() under @PropelAuthWebhook(), where PropelAuth is the caller; take @WebhookEvent().',
    );
  }
  if (has('@CurrentOrg()') && policy.orgRequirements.length === 0) {
    findings.push(
      '@CurrentOrg() without an organization rule; add @RequireOrgMember() or remove the parameter.',
    );
  }
  if (has('@CurrentApiKey()') && policy.mode === 'mcp') {
    findings.push(
      '@CurrentApiKey() on a handler for MCP clients, where API keys are ignored; use @CurrentMcpToken().',
    );
  } else if (has('@CurrentApiKey()') && !API_KEY_MODES.includes(policy.mode)) {
    findings.push(
      '@CurrentApiKey() where no API key is looked at; add @RequireApiKey() or @RequireUserOrApiKey().',
    );
  }
  if (has('@CurrentMcpToken()') && policy.mode !== 'mcp') {
    findings.push(
      '@CurrentMcpToken() without a rule about MCP tokens; add @RequireMcpToken() or remove the parameter.',
    );
  }
  if (has('@WebhookEvent()') && policy.mode !== 'webhook') {
    findings.push('@WebhookEvent() without @PropelAuthWebhook(); add it or remove the parameter.');
  }
  return findings;
}
