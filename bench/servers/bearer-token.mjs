import { UnauthorizedException } from '../under-test/nest.mjs';

/** The token of a request, as in the chapter "Authentication" of Nest's documentation. */
export function readBearerToken(request) {
  const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
  if (scheme !== 'Bearer' || token === undefined) throw new UnauthorizedException();
  return token;
}
