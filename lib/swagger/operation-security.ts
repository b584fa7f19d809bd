import {
  API_KEY_SCHEME,
  BEARER_SCHEME,
  MCP_SCHEME,
  isOwnRequirement,
  type SecurityRequirement,
} from '../decorators/open-api-security.js';
import type { HandlerAccess } from '../rules/handler-access.js';

/**
 * The security of an operation: what the guard requires, combined with what other guards require.
 *
 * @param access what the guard does on the route
 * @param schemes the schemes that carry an access token, one alternative each
 * @param declared the requirements in the metadata of the class and the handler
 * @param inherited the requirements of the whole document, for operations that declare none
 */
export function securityOf(
  { access }: HandlerAccess,
  schemes: readonly string[],
  declared: readonly SecurityRequirement[],
  inherited: readonly SecurityRequirement[],
): SecurityRequirement[] {
  const isOfOthers = (requirement: SecurityRequirement) =>
    !isAboutAccessTokens(requirement, schemes);
  const ofRoute = declared.filter(isOfOthers);
  const ofOthers = ofRoute.length > 0 ? ofRoute : inherited.filter(isOfOthers);
  const withToken = schemes.map((scheme) => ({ [scheme]: [] }));
  switch (access) {
    case 'user':
      return combine(withToken, ofOthers);
    case 'optional':
      return combine([{}, ...withToken], ofOthers);
    case 'api-key':
      return combine([WITH_API_KEY], ofOthers);
    case 'user-or-api-key':
      return combine([...withToken, WITH_API_KEY], ofOthers);
    case 'mcp':
      return combine([WITH_MCP_TOKEN], ofOthers);
    default:
      return ofOthers;
  }
}

const WITH_API_KEY: SecurityRequirement = { [API_KEY_SCHEME]: [] };
const WITH_MCP_TOKEN: SecurityRequirement = { [MCP_SCHEME]: [] };

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
