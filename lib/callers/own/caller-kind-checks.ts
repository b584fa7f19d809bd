import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { isKindName, KINDS_OF_PROPELAUTH } from '../../rules/caller-kind-names.js';
import type { CallerKind, CredentialPlace } from '../../options/caller-kind.interface.js';
import type { CoreCredentialPlace } from '../core-kind.js';
import { isScheme, overlapIn } from '../credential-places.js';
import { mistakeInPlace, searchedPlace } from './credential-place-checks.js';

/** RFC 9110, section 5.5: the visible characters of a header, and spaces between them. */
const HEADER_VALUE = /^[!-~](?:[ !-~]*[!-~])?$/;

const FUNCTIONS = ['identify', 'key'] as const;
const OPTIONAL_FUNCTIONS = [
  'recall',
  'userId',
  'issuedAt',
  'expiresAt',
  'memberships',
  'activeOrgId',
  'scopes',
  'metadata',
  'impersonator',
] as const;

/**
 * Checks what a kind of callers says about itself.
 *
 * @param others `taken`: the names of the other kinds; `issuer`: who issues the tokens of users
 * @returns the places of its credential
 * @throws {PropelAuthConfigurationError} for a mistake
 */
export function checkCallerKind(
  option: string,
  kind: CallerKind,
  { taken, issuer }: { readonly taken: readonly string[]; readonly issuer: string },
): CoreCredentialPlace[] {
  const fail = (mistake: string): never => {
    throw new PropelAuthConfigurationError(`${option} ${mistake}`);
  };
  if (typeof kind !== 'object' || kind === null) {
    fail('is not a kind of callers. Set it to a provider class that implements CallerKind.');
  }
  const { name, credential, challenge } = kind;
  if (!isKindName(name)) {
    fail(
      "has no usable name. Set it to lower case letters, digits and hyphens, without the word or, such as 'service-token'.",
    );
  }
  if (KINDS_OF_PROPELAUTH.includes(name) || taken.includes(name)) {
    fail(`has the name '${name}' of another kind. Choose another name.`);
  }
  const functions = kind as unknown as Record<string, unknown>;
  for (const needed of FUNCTIONS) {
    if (typeof functions[needed] !== 'function') fail(`('${name}') has no function ${needed}().`);
  }
  for (const optional of OPTIONAL_FUNCTIONS) {
    const given = functions[optional];
    if (given !== undefined && typeof given !== 'function') {
      fail(`('${name}') has a property ${optional} that is not a function.`);
    }
  }
  if (kind.issuedAt !== undefined && kind.userId === undefined) {
    fail(
      `('${name}') has issuedAt(), which has no effect without userId(). Add userId(), or remove it.`,
    );
  }
  const { scopeHierarchy } = kind;
  const hasNoEffect = kind.scopes === undefined || Array.isArray(scopeHierarchy);
  if (scopeHierarchy !== undefined && hasNoEffect) {
    fail(
      `('${name}') has a scopeHierarchy without effect. Set it to an object such as { admin: ['read'], read: [] }, and add scopes().`,
    );
  }
  if (kind.activeOrgId !== undefined && kind.memberships === undefined) {
    fail(
      `('${name}') has activeOrgId(), which has no effect without memberships(). Add memberships(), or remove it.`,
    );
  }
  if (challenge !== undefined && !HEADER_VALUE.test(challenge)) {
    fail(
      `('${name}') has a challenge that is not a header value, such as 'Bearer realm="services"'.`,
    );
  }
  if (!Array.isArray(credential) || credential.length === 0) {
    fail(`('${name}') names no place of its credential, such as [{ header: 'x-service-token' }].`);
  }
  for (const place of credential) {
    const mistake = mistakeInPlace(place, issuer);
    if (mistake !== undefined) fail(`('${name}') has a wrong credential place: ${mistake}`);
  }
  // RFC 7617, section 2: the challenge of Basic has a realm.
  if (challenge === undefined && credential.some(isBasic)) {
    fail(
      `('${name}') has the scheme Basic, and no realm. Set challenge, such as to 'Basic realm="reports"'.`,
    );
  }
  const places = credential.map((place, index) =>
    searchedPlace(`${option}.credential[${index}]`, place),
  );
  const overlapping = overlapIn(places);
  if (overlapping !== undefined) {
    fail(
      `('${name}') has two places for one credential (${overlapping}). Remove one of them, or give it another scheme, prefix or claim.`,
    );
  }
  return places;
}

function isBasic(place: CredentialPlace): boolean {
  return 'scheme' in place && isScheme(place, 'Basic');
}
