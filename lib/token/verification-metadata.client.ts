import type { KeyObject } from 'node:crypto';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { isJsonObject } from './claims.js';
import { parseVerifierKey } from './verifier-key.js';

const ENDPOINT = 'https://propelauth-api.com/api/v1/token_verification_metadata';
const TIMEOUT_MILLISECONDS = 5_000;

/** PropelAuth could not be asked for the verification key, or gave an answer that makes no sense. */
export class VerificationMetadataError extends Error {
  override readonly name = 'VerificationMetadataError';

  /** @param retryAfterSeconds how long PropelAuth asks to be left alone, if it does */
  constructor(
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/**
 * Asks PropelAuth for the key that verifies access tokens.
 *
 * @throws {PropelAuthConfigurationError} when PropelAuth says that the options are wrong (400, 401, 404)
 * @throws {VerificationMetadataError} when it is out of reach: anything else
 */
export async function fetchVerifierKey(options: ResolvedOptions): Promise<KeyObject> {
  const response = await request(options);
  if (response.status === 200) return readVerifierKey(response);
  // Left unread, an answer keeps its connection.
  await response.body?.cancel();
  const mistake = describeMistake(response.status, options);
  if (mistake !== undefined) throw new PropelAuthConfigurationError(mistake);
  throw new VerificationMetadataError(
    `PropelAuth answered with status ${response.status}`,
    readRetryAfter(response),
  );
}

async function request({ apiKey, authUrl }: ResolvedOptions): Promise<Response> {
  try {
    return await fetch(ENDPOINT, {
      headers: { Authorization: `Bearer ${apiKey}`, 'X-Propelauth-url': authUrl.hostname },
      // A redirect would carry the API key to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  } catch (error) {
    throw new VerificationMetadataError(describeNetworkError(error));
  }
}

async function readVerifierKey(response: Response): Promise<KeyObject> {
  let body: unknown;
  try {
    body = await response.json();
  } catch (error) {
    throw new VerificationMetadataError(
      nameOf(error) === 'SyntaxError'
        ? 'PropelAuth answered with something other than JSON'
        : describeNetworkError(error),
    );
  }
  const pem = isJsonObject(body) ? body['verifier_key_pem'] : undefined;
  if (typeof pem !== 'string')
    throw new VerificationMetadataError('PropelAuth answered without a verifier_key_pem');
  try {
    return parseVerifierKey(pem);
  } catch (error) {
    throw new VerificationMetadataError(
      `PropelAuth answered with an unusable key: ${(error as Error).message}`,
    );
  }
}

/** The seconds of a `Retry-After` header (RFC 9110, section 10.2.3): a number, or until a date. */
function readRetryAfter({ headers }: Response): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return seconds > 0 ? seconds : undefined;
}

function describeMistake(status: number, { authUrl }: ResolvedOptions): string | undefined {
  switch (status) {
    case 400:
      return (
        `PropelAuth does not accept the request for the verification key of ${authUrl.origin} (400). ` +
        'Check that authUrl is the auth URL on the page "Backend Integration" of your PropelAuth dashboard.'
      );
    case 401:
      return (
        'apiKey is not an API key of this PropelAuth project (401). Copy the key of the same environment as authUrl from ' +
        'the page "Backend Integration" of your PropelAuth dashboard.'
      );
    case 404:
      return (
        `authUrl ${authUrl.origin} is not known to PropelAuth (404). ` +
        'Copy it from the page "Backend Integration" of your PropelAuth dashboard.'
      );
    default:
      return undefined;
  }
}

/** The kind of a network error. Messages of errors from below are not repeated: they may quote what was sent. */
function describeNetworkError(error: unknown): string {
  if (nameOf(error) === 'TimeoutError') {
    return `PropelAuth did not answer within ${TIMEOUT_MILLISECONDS / 1000} s`;
  }
  const cause = isJsonObject(error) ? error['cause'] : undefined;
  const code = isJsonObject(cause) ? cause['code'] : undefined;
  return `PropelAuth cannot be reached${typeof code === 'string' ? ` (${code})` : ''}`;
}

/** By name: under Jest, errors of fetch are of another realm, and no instances of the classes here. */
function nameOf(error: unknown): unknown {
  return isJsonObject(error) ? error['name'] : undefined;
}
