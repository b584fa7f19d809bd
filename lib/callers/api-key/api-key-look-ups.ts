import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../../types/api-key.js';
import { BackendClient } from '../../propelauth/backend/backend-client.js';
import { isPlausibleSecret } from '../../propelauth/backend/plausible-secret.js';
import { Hooks } from '../../plugins/hooks.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { hasThreeParts } from '../../transports/credential-headers.js';
import type { CredentialQuestion } from '../../propelauth/credential-look-ups/looked-up-credential.js';
import { RecentKeys } from '../../propelauth/credential-look-ups/recent-keys.js';
import { CredentialLookUps } from '../../propelauth/credential-look-ups/credential-look-ups.js';
import { apiKeySecrets, type ApiKeySecrets } from './api-key-secrets.js';
import { ValidationStore } from './validation-store.js';

const MAXIMUM_KEY_LENGTH = 1_024;
const IMPORTED_MILLISECONDS = 60 * 60 * 1000;

const OVERLOADED =
  'Clients send more API keys than PropelAuth validates in time, so some of their requests return 503. Limit the ' +
  'request rate per client address, or raise apiKeys.cacheSeconds if the keys are valid.';

/** Validates end-user API keys with PropelAuth, and caches valid ones as the options say. */
@Injectable()
export class ApiKeyLookUps {
  /** Finds what PropelAuth knows about keys, deeply frozen. */
  readonly lookUps: CredentialLookUps<ApiKey>;
  private readonly secrets: ApiKeySecrets;
  readonly acceptsImported: boolean;
  /** Keys that were valid as imported ones lately. PropelAuth is asked about them as such first. */
  private readonly imported = new RecentKeys<true>(IMPORTED_MILLISECONDS);

  constructor(
    options: ResolvedOptions,
    private readonly backend: BackendClient,
    hooks: Hooks,
  ) {
    const { cacheSeconds, store, imported } = options.apiKeys;
    const lifetimeMilliseconds = cacheSeconds * 1000;
    const secrets = apiKeySecrets(options);
    this.secrets = secrets;
    this.acceptsImported = imported;
    this.lookUps = new CredentialLookUps<ApiKey>(
      {
        lifetimeMilliseconds,
        store: store && new ValidationStore(store, secrets.seal, lifetimeMilliseconds, imported),
        implausible: 'api_key_unknown',
        overloaded: OVERLOADED,
        changesTooFast: "The access of an API key's owner changes faster than PropelAuth responds",
        isPlausible: isPlausibleKey,
        cacheKeyOf: (apiKey) => secrets.cacheKey.macOf(apiKey),
        questionsAbout: (apiKey) => this.questionsAbout(apiKey),
        ownersOf: ({ user, org }) => ({ userId: user?.userId, orgId: org?.orgId }),
      },
      hooks,
    );
  }

  /** Tells callers apart by their keys, and reveals nothing about a key. */
  callerKeyOf(apiKey: string): string {
    return this.secrets.callerKey.macOf(apiKey);
  }

  private questionsAbout(apiKey: string): CredentialQuestion<ApiKey>[] {
    const own = () => this.backend.validateApiKey(apiKey);
    if (!this.acceptsImported) return [own];
    const cacheKey = this.secrets.cacheKey.macOf(apiKey);
    const imported = async () => {
      const found = await this.backend.validateApiKey(apiKey, true);
      this.imported.set(cacheKey, true, Date.now());
      return found;
    };
    return this.imported.get(cacheKey) === undefined ? [own, imported] : [imported, own];
  }
}

/** Text in the shape of an access token is not sent as a key: tokens are for this application alone, wherever a caller puts them. */
function isPlausibleKey(apiKey: unknown): boolean {
  return isPlausibleSecret(apiKey, MAXIMUM_KEY_LENGTH) && !hasThreeParts(apiKey);
}
