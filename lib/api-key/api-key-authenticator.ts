import { Injectable } from '@nestjs/common';
import type { ApiKeyValidation } from '@propelauth/node-apis';
import { AccessCalls } from '../api/access-calls.js';
import { ApiKeyRefusal } from '../api/api-key-refusal.js';
import { isPlausibleSecret } from '../api/plausible-secret.js';

const MAXIMUM_KEY_LENGTH = 1_024;

/** Answers whose an end-user API key is. */
@Injectable()
export class ApiKeyAuthenticator {
  constructor(private readonly calls: AccessCalls) {}

  /**
   * @param apiKey what the caller sent as its key; anything may stand here
   * @returns what PropelAuth knows about the key, deeply frozen
   * @throws {ApiKeyRefusal} when it is no key that PropelAuth knows
   * @throws {ApiKeyRateLimited} when the key has been used too often
   * @throws {PropelAuthOutOfReach} when PropelAuth says neither yes nor no
   */
  async authenticate(apiKey: string): Promise<ApiKeyValidation> {
    if (!isPlausibleSecret(apiKey, MAXIMUM_KEY_LENGTH)) throw new ApiKeyRefusal();
    return this.calls.validateApiKey(apiKey);
  }
}
