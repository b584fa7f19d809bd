import type { IncomingMessage } from 'node:http';
import { urlOf } from '../access/raw-request.js';
import { ISSUER_PATH } from './metadata.js';

/**
 * The parameters of PropelAuth's authorization endpoint. All others are ignored (RFC 6749, section 3.1): those of OpenID Connect, with
 * which `oidc-provider` does more, have no meaning there.
 */
const PARAMETERS = [
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'redirect_uri',
  'resource',
  'response_type',
  'scope',
  'state',
];

/** The path and query of an authorization request, below the path of the issuer, with the parameters that PropelAuth knows. */
export function authorizationRequestOf(request: IncomingMessage): string {
  const [path = '', ...query] = urlOf(request)
    .slice(ISSUER_PATH.length)
    .split(/(?=\?)/);
  const parameters = [...new URLSearchParams(query.join(''))].filter(([name]) =>
    PARAMETERS.includes(name),
  );
  return parameters.length === 0 ? path : `${path}?${new URLSearchParams(parameters).toString()}`;
}
