import type { ApplicationHandler } from '../application/application-handlers.js';
import type { CoreKind } from '../../callers/core-kind.js';
import { sharedPlace } from '../../callers/credential-places.js';
import { KINDS_OF_PROPELAUTH } from '../../rules/caller-kind-names.js';
import { isEveryone, kindsOf } from '../../rules/callers.js';
import { effectiveRules } from '../../rules/compile-policy.js';
import type { Rule } from '../../rules/rule.js';
import { callerWordOf } from './unmeetable-rules.js';

/**
 * Finds what a handler asks of the application's own kinds of callers and they cannot give. It makes startup fail, whatever `startupAudit`
 * says: the calls would be rejected, or return 500, or impersonators would be let in.
 *
 * @param kinds the kinds that the application has
 */
export function findUnusableKinds(
  audited: ApplicationHandler,
  kinds: readonly CoreKind[],
): string[] {
  const { access, policy, levels } = audited;
  if (access.access === 'open' || isEveryone(policy.callers)) return [];
  const rules = effectiveRules(levels);
  const names = [
    ...new Set([
      ...kindsOf(policy.callers).keys(),
      ...kindsOf(callerWordOf(audited)?.callers ?? policy.callers).keys(),
      ...rules.flatMap(({ of }) => of ?? []),
    ]),
  ];
  const accepted = kinds.filter(({ name }) => names.includes(name));
  return [
    ...names.filter((name) => isMissing(name, kinds)).map(describeMissing),
    ...accepted.flatMap((one, index) =>
      accepted.slice(index + 1).flatMap((other) => describeShared(one, other) ?? []),
    ),
    ...new Set(rules.flatMap((rule) => findLacking(rule, accepted))),
  ];
}

/** Own kinds that cannot answer what a rule asks. One kind that can is enough, where callers who say nothing meet the rule. */
function findLacking(rule: Rule, accepted: readonly CoreKind[]): string[] {
  const { of, type } = rule;
  const kinds = accepted.filter(({ name }) => of === undefined || of === name);
  const isChecked = kinds.some((kind) => type.on(kind) === 'checked');
  return kinds
    .filter(({ name }) => !KINDS_OF_PROPELAUTH.includes(name))
    .flatMap((kind) => {
      switch (type.on(kind)) {
        case 'never':
          return describeLack(kind, rule);
        case 'met':
          return isChecked ? [] : describeNoEffect(kind, rule);
        default:
          return [];
      }
    });
}

/** MCP clients without their plugin have an error of their own. */
function isMissing(name: string, kinds: readonly CoreKind[]): boolean {
  return name !== 'mcp' && kinds.every((kind) => kind.name !== name);
}

function describeMissing(name: string): string {
  return (
    `The handler accepts callers of the kind '${name}', which the application does not have. Add the class of the kind to ` +
    'callerKinds in PropelAuthModule.forRoot(), or correct the name.'
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
