import type { KeyObject } from 'node:crypto';
import type { AccessCalls } from '../../backend/backend-client.js';
import { PropelAuthOutOfReach } from '../../refusals/out-of-reach.js';
import { parseVerifierKey } from './verifier-key.js';

/**
 * Asks PropelAuth for the key that verifies access tokens.
 *
 * @throws {PropelAuthConfigurationError} when PropelAuth says that the options are wrong (400, 401, 404)
 * @throws {PropelAuthOutOfReach} when it is out of reach: anything else
 */
export async function fetchVerifierKey(calls: AccessCalls): Promise<KeyObject> {
  const pem = await calls.fetchVerifierKey();
  try {
    return parseVerifierKey(pem);
  } catch (error) {
    throw new PropelAuthOutOfReach(
      `PropelAuth answered with an unusable key: ${(error as Error).message}`,
    );
  }
}
