import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import type { CoreKind } from '../../callers/core-kind.js';
import { sharedPlace } from '../../callers/credential-places.js';
import { isUndecided } from '../../rules/handler-access.js';
import { isEveryone, kindsOf } from '../../rules/callers.js';
import { roleOf } from '../../transports/call-of.js';
import { effectiveRules } from '../../rules/compile-policy.js';
import type { PlacedRule, Rule } from '../../rules/rule.js';
import { callerWordOf } from './unmeetable-rules.js';

/**
 * Finds what a handler asks of the application's own kinds of callers and they cannot give. It makes startup fail, whatever `startupAudit`
 * says: the calls would be rejected, or return 500, or impersonators would be let in.
 */
export function findUnusableKinds(
  audited: ApplicationHandler,
  { kinds, handlers }: AuditedApplication,
): string[] {
  const { access, policy, levels } = audited;
  const role = roleOf(audited.controller, audited.handler);
  const isMeantToBeOpen = isUndecided(access.access) && !(role && handlers.some(isRuledPart));
  if (isMeantToBeOpen || isEveryone(policy.callers)) return [];
  const rules = effectiveRules(levels);
  const names = [
    ...new Set([
      ...kindsOf(policy.callers).keys(),
      ...kindsOf(callerWordOf(audited)?.callers ?? policy.callers).keys(),
      ...kindsNamedIn(rules.filter(({ level }) => !level.isGlobal)),
    ]),
  ];
  const accepted = names.flatMap((name) => kinds.named(name) ?? []);
  const needed = new Set([...names, ...kindsNamedIn(rules), ...(role ? [role.onlyKind] : [])]);
  return [
    ...[...needed].filter((name) => kinds.named(name) === undefined).map(describeMissing),
    ...accepted.flatMap((one, index) =>
      accepted.slice(index + 1).flatMap((other) => describeShared(one, other) ?? []),
    ),
    ...rules.flatMap((rule) => findLacking(rule, accepted, kinds.wellKnown)),
  ];
}

/** The kinds that rules are about by themselves. */
function kindsNamedIn(rules: readonly Rule[]): string[] {
  return rules.flatMap(({ of }) => of ?? []);
}

/** Own kinds that cannot answer what a rule asks. One kind that can is enough, where callers who say nothing meet the rule. */
function findLacking(
  rule: PlacedRule,
  accepted: readonly CoreKind[],
  wellKnown: readonly CoreKind[],
): string[] {
  const { of, type, argument } = rule;
  const kinds = accepted.filter(({ name }) => of === undefined || of === name);
  const isChecked = kinds.some((kind) => type.on(kind, argument) === 'checked');
  return kinds
    .filter((kind) => !wellKnown.includes(kind))
    .flatMap((kind) => {
      switch (type.on(kind, argument)) {
        case 'never':
          return describeLack(kind, rule);
        case 'met':
          return isChecked || rule.level.isGlobal ? [] : describeNoEffect(kind, rule);
        default:
          return [];
      }
    });
}

/**
 * Whether a handler that a library calls, such as a tool, has an access decorator, `@Public()` included: the others are not meant to be
 * open.
 */
function isRuledPart({ controller, handler, policy }: ApplicationHandler): boolean {
  return roleOf(controller, handler)?.isEndpoint === false && policy.isExplicit;
}

function describeMissing(name: string): string {
  return (
    `The handler accepts callers of the kind '${name}', which the application does not have. Add the class of the kind to ` +
    'callerKinds in PropelAuthModule.forRoot(), or its plugin to plugins (mcpServer() of nestjs-propelauth/mcp for ' +
    "'mcp'), or correct the name."
  );
}

function describeShared(one: CoreKind, other: CoreKind): string | undefined {
  const place = sharedPlace(one, other);
  return (
    place &&
    `The handler accepts the kinds '${one.name}' and '${other.name}', whose credentials are both in one place: ${place}. Give one of ` +
      'the kinds another place, or use two handlers.'
  );
}

function describeNoEffect({ name }: CoreKind, { decorator, type }: Rule): string[] {
  if (type.asks === undefined) return [];
  return [
    `${decorator} has no effect, because no caller of the kind '${name}' says ${type.asks.about}. Add ${type.asks.answer} to the ` +
      'kind, or remove the decorator.',
  ];
}

function describeLack({ name }: CoreKind, { type }: Rule): string[] {
  if (type.asks === undefined) return [];
  return [
    `The handler has a rule about the ${type.asks.about} of its callers, but callers of the kind '${name}' have none, so all would be ` +
      `rejected. Add ${type.asks.answer} to the kind, or remove the rule.`,
  ];
}
