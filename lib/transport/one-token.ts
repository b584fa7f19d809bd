import { readBearerToken } from './http/http.transport.js';
import { Refusal } from '../refusals/refusal.js';

/**
 * The one token among those that the places of a call hold. Who could choose the place could choose the caller: two different
 * ones are refused.
 *
 * @param tokens what was found in each place; `undefined` where there was none
 * @throws {Refusal} `token_missing` without one, `token_malformed` for different ones
 */
export function oneToken(...tokens: (string | undefined)[]): string {
  const found = new Set(tokens.filter((token) => token !== undefined));
  if (found.size > 1) throw new Refusal('token_malformed');
  const [token] = found;
  if (token === undefined) throw new Refusal('token_missing');
  return token;
}

/**
 * The token of an Authorization header, or of what stands for one; `undefined` without a header and under another scheme.
 *
 * @throws {Refusal} `token_malformed` when it is no text, or `Bearer` alone
 */
export function tokenInAuthorization(header: unknown): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') throw new Refusal('token_malformed');
  try {
    return readBearerToken(header);
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'token_missing') return undefined;
    throw error;
  }
}
