import {
  BEARER_SCHEME,
  isOwnRequirement,
  schemeOf,
  type SecurityRequirement,
} from '../rules/open-api-security.js';
import type { HandlerAccess } from '../rules/handler-access.js';

/**
 * The security of an operation: what the guard requires, combined with what other guards require.
 *
 * @param access what the guard does on the route
 * @param context the schemes that carry an access token, one alternative each, and the kinds whose credential no scheme has
 * @param declared the requirements in the metadata of the class and the handler
 * @param inherited the requirements of the whole document, for operations that declare none
 */
export function securityOf(
  { access, kinds }: HandlerAccess,
  { schemes, inPath }: { readonly schemes: readonly string[]; readonly inPath: readonly string[] },
  declared: readonly SecurityRequirement[],
  inherited: readonly SecurityRequirement[],
): SecurityRequirement[] {
  const isOfOthers = (requirement: SecurityRequirement) =>
    !isAboutAccessTokens(requirement, schemes);
  const ofRoute = declared.filter(isOfOthers);
  const ofOthers = ofRoute.length > 0 ? ofRoute : inherited.filter(isOfOthers);
  if (kinds.size === 0) return ofOthers;
  const ways = [...kinds.keys()].flatMap((kind): SecurityRequirement[] => {
    if (kind === 'user') return schemes.map((scheme) => ({ [scheme]: [] }));
    return [inPath.includes(kind) ? {} : { [schemeOf(kind)]: [] }];
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
