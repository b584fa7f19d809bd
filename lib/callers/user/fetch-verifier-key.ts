import type { KeyObject } from 'node:crypto';
import type { BackendClient } from '../../propelauth/backend/backend-client.js';
import { parseVerifierKey } from './parse-verifier-key.js';
import { unavailable } from '../../rejections/rejection.js';

/**
 * Asks PropelAuth for the key that verifies access tokens.
 *
 * @throws {PropelAuthConfigurationError} when PropelAuth says that the options are wrong (400, 401, 404)
 * @throws {Rejection} when PropelAuth is unavailable: any other failure
 */
export async function fetchVerifierKey(backend: BackendClient): Promise<KeyObject> {
  const pem = await backend.fetchVerifierKey();
  try {
    return parseVerifierKey(pem);
  } catch (error) {
    throw unavailable(
      `PropelAuth returned an unusable verification key: ${(error as Error).message}`,
    );
  }
}
