import type { CoreCallerKind } from '../../callers/core-caller-kind.js';
import { sharedPlace } from '../../callers/credential-places.js';
import { KINDS_OF_PROPELAUTH } from '../../rules/caller-kind-names.js';
import { isEveryone, kindsOf } from '../../rules/callers.js';
import type { AuditedMethod } from './audited-route.js';

/**
 * Finds what a handler asks of the application's own kinds of callers and they cannot give. It makes startup fail, whatever `startupAudit`
 * says: the calls would be rejected, or return 500, or impersonators would be let in.
 *
 * @param kinds the kinds that the application has
 */
export function findUnusableKinds(
  { access, policy }: AuditedMethod,
  kinds: readonly CoreCallerKind[],
): string[] {
  if (access === 'open' || isEveryone(policy.callers)) return [];
  const names = [...kindsOf(policy.callers).keys()];
  const accepted = kinds.filter(({ name }) => names.includes(name));
  const own = accepted.filter(({ name }) => !KINDS_OF_PROPELAUTH.includes(name));
  const needScopes = own.filter(
    ({ name }) => policy.scopes.length > 0 || policy.kindScopes?.has(name),
  );
  return [
    ...names.filter((name) => isMissing(name, kinds)).map(describeMissing),
    ...accepted.flatMap((one, index) =>
      accepted.slice(index + 1).flatMap((other) => describeShared(one, other) ?? []),
    ),
    ...(policy.orgRequirements.length === 0 ? [] : own)
      .filter((kind) => kind.membershipsOf === undefined)
      .map((kind) => describeLack(kind, 'organization', 'memberships()')),
    ...needScopes
      .filter((kind) => kind.scopesOf === undefined)
      .map((kind) => describeLack(kind, 'scope', 'scopes()')),
    ...own
      .filter(({ name }) => policy.metadata.some(({ of }) => of === name))
      .filter((kind) => kind.metadataOf === undefined)
      .map((kind) => describeLack(kind, 'metadata', 'metadata()')),
    // One kind that can say is enough: the others impersonate nobody.
    ...(policy.deniesImpersonation && accepted.every(cannotSayWhoImpersonates) ? own : []).map(
      describeDeniedToNobody,
    ),
  ];
}

/** MCP clients without their plugin have an error of their own. */
function isMissing(name: string, kinds: readonly CoreCallerKind[]): boolean {
  return name !== 'mcp' && kinds.every((kind) => kind.name !== name);
}

function describeMissing(name: string): string {
  return (
    `The handler accepts callers of the kind '${name}', which the application does not have. Add the class of the kind to ` +
    'callerKinds in PropelAuthModule.forRoot(), or correct the name.'
  );
}

function describeShared(one: CoreCallerKind, other: CoreCallerKind): string | undefined {
  const place = sharedPlace(one, other);
  return (
    place &&
    `The handler accepts the kinds '${one.name}' and '${other.name}', whose credentials are both in one place: ${place}. Give one of ` +
      'the kinds another place, or use two handlers.'
  );
}

function cannotSayWhoImpersonates(kind: CoreCallerKind): boolean {
  return kind.impersonatorOf === undefined;
}

function describeDeniedToNobody({ name }: CoreCallerKind): string {
  return (
    `@DenyImpersonation() has no effect, because no caller of the kind '${name}' says who impersonates it. Add impersonator() to the ` +
    'kind, or remove the decorator.'
  );
}

function describeLack({ name }: CoreCallerKind, rule: string, missing: string): string {
  return (
    `The handler has a rule about the ${rule} of its callers, but callers of the kind '${name}' have none, so all would be ` +
    `rejected. Add ${missing} to the kind, or remove the rule.`
  );
}
