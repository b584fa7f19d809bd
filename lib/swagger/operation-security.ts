import {
  BEARER_SCHEME,
  isOwnRequirement,
  schemeOf,
  type SecurityRequirement,
} from '../rules/open-api-security.js';
import type { CoreKind } from '../callers/core-kind.js';
import { hasTokensOfUsers } from '../callers/credential-places.js';
import type { AccessMode } from '../rules/handler-access.js';
import { hasNoScheme } from './security-schemes.js';

/**
 * The security of an operation: what the guard requires, combined with what other guards require.
 *
 * @param access whom the guard asks for a credential
 * @param context the schemes that carry a user's access token, one alternative each, and the accepted kinds of callers
 * @param declared the requirements in the metadata of the class and the handler
 * @param inherited the requirements of the whole document, for operations that declare none
 */
export function securityOf(
  access: AccessMode,
  { schemes, kinds }: { readonly schemes: readonly string[]; readonly kinds: readonly CoreKind[] },
  declared: readonly SecurityRequirement[],
  inherited: readonly SecurityRequirement[],
): SecurityRequirement[] {
  const isOfOthers = (requirement: SecurityRequirement) =>
    !isAboutAccessTokens(requirement, schemes);
  const ofRoute = declared.filter(isOfOthers);
  const ofOthers = ofRoute.length > 0 ? ofRoute : inherited.filter(isOfOthers);
  if (kinds.length === 0) return ofOthers;
  const ways = kinds.flatMap((kind): SecurityRequirement[] => {
    if (hasTokensOfUsers(kind)) return schemes.map((scheme) => ({ [scheme]: [] }));
    return [hasNoScheme(kind) ? {} : { [schemeOf(kind.name)]: [] }];
  });
  return combine(access === 'optional' ? [{}, ...ways] : ways, ofOthers);
}

/** Combines the alternatives of this guard with those of other guards, since every guard on a route must allow the call. */
function combine(
  ours: readonly SecurityRequirement[],
  ofOthers: readonly SecurityRequirement[],
): SecurityRequirement[] {
  if (ofOthers.length === 0) return [...ours];
  return ours.flatMap((own) => ofOthers.map((other) => ({ ...own, ...other })));
}

function isAboutAccessTokens(
  requirement: SecurityRequirement,
  schemes: readonly string[],
): boolean {
  if (isOwnRequirement(requirement)) return true;
  const [name, ...more] = Object.keys(requirement);
  return name !== undefined && more.length === 0 && [BEARER_SCHEME, ...schemes].includes(name);
}
