import type { Type } from '@nestjs/common';
import type { CallerKind } from './caller-kind.interface.js';
import type { AccessTable } from './access-table.interface.js';
import { checkEmulator } from './emulator-in-production.js';
import { checkApiKeys } from './api-keys-options.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import {
  checkAccessTable,
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOptions,
} from './option-checks.js';
import { assertNoneMissing } from './missing-settings.js';
import type { OrgSourceOption } from './org-source.interface.js';
import { isLoopback, parseApiUrl, parseAuthUrl, parseOrigin } from './origin.js';
import type {
  ManualTokenVerificationMetadata,
  PropelAuthModuleOptions,
} from './propel-auth-module-options.interface.js';
import type { TokenSource } from './token-source.interface.js';
import { isJsonObject } from '../values/json-object.js';
import { isDevelopment } from '../values/node-environment.js';
import { checkWebhooks } from './webhooks-options.js';

/** The checked options of the module, with defaults. */
export class ResolvedOptions {
  /** The origin of the PropelAuth project. */
  readonly authUrl: URL;
  /** The origin for the requests that decide access. */
  readonly apiUrl: URL;
  /** The expected `iss` claim. */
  readonly issuer: string;
  /** Whether the issuer is on this machine, as an emulator is. */
  readonly isIssuerLocal: boolean;
  readonly acceptsEmulator: boolean;
  /** The verification key from the options, as text; `undefined` if it must be fetched. */
  readonly verifierKey: string | undefined;
  readonly debugMode: boolean;
  readonly errorCodes: boolean;
  readonly clockToleranceSeconds: number;
  readonly apiTimeoutMs: number;
  /** How many verified tokens are cached; 0 if the cache is off. */
  readonly tokenCacheEntries: number;
  readonly apiKeys: Readonly<ReturnType<typeof checkApiKeys>>;
  /** The default source for organization rules; `undefined` for the built-in default. */
  readonly orgSource: OrgSourceOption | undefined;
  /** The default place of the access token in messages of microservices. */
  readonly tokenSource: TokenSource | undefined;
  /** The context types that the global guard ignores. */
  readonly ignoreContextTypes: readonly string[];
  readonly onDecision: PropelAuthModuleOptions['onDecision'];
  readonly startupAudit: 'error' | 'warn';
  /** The expected access rules of all handlers; `undefined` if startup compares nothing. */
  readonly accessTable: AccessTable | undefined;
  /** The options for webhooks; `undefined` if the application receives no events. */
  readonly webhooks: NonNullable<ReturnType<typeof checkWebhooks>>['options'] | undefined;
  /** Whether streams end when their token expires. */
  readonly endStreamsAtExpiry: boolean;
  /** The application's own kinds of callers. They are checked when their providers are made. */
  readonly callerKinds: readonly (CallerKind | Type<CallerKind>)[];

  // Private fields, read by methods, so that printing the object or its getters prints neither the key nor the secrets.
  readonly #apiKey: string;
  readonly #webhookSecrets: readonly string[];

  /** @param fetch sends the requests to PropelAuth, in tests. Default: the global `fetch` */
  constructor(
    options: PropelAuthModuleOptions,
    readonly fetch?: typeof globalThis.fetch,
  ) {
    assertKnownOptions(options);
    assertHasSettings(options);
    this.authUrl = parseAuthUrl(options.authUrl);
    this.apiUrl = parseApiUrl(options.apiUrl, this.authUrl);
    this.#apiKey = checkApiKey(options.apiKey);
    const manual = checkManualMetadata(options.manualTokenVerificationMetadata);
    const issuer = manual ? parseOrigin(`${MANUAL}.issuer`, manual.issuer) : this.authUrl;
    this.acceptsEmulator = checkEmulator({
      issuers: { authUrl: this.authUrl, [`${MANUAL}.issuer`]: issuer },
      apiKey: this.#apiKey,
      apiUrl: options.apiUrl === undefined ? undefined : this.apiUrl,
    });
    this.issuer = issuer.origin;
    this.isIssuerLocal = isLoopback(issuer.hostname);
    this.verifierKey = manual?.verifierKey;
    this.debugMode = checkBoolean(
      'debugMode',
      options.debugMode,
      this.isIssuerLocal && isDevelopment(),
    );
    this.errorCodes = checkBoolean('errorCodes', options.errorCodes, true);
    this.clockToleranceSeconds = checkInteger(
      'clockToleranceSeconds',
      options.clockToleranceSeconds,
      {
        minimum: 0,
        maximum: 300,
        fallback: 60,
      },
    );
    this.apiTimeoutMs = checkInteger('apiTimeoutMs', options.apiTimeoutMs, {
      minimum: 1,
      maximum: 300_000,
      fallback: 10_000,
    });
    this.tokenCacheEntries = checkTokenCache(options.tokenCache);
    this.apiKeys = checkApiKeys(options.apiKeys);
    this.orgSource = checkFunction(
      'orgSource',
      options.orgSource,
      "a source such as orgFromParam('orgId') or orgFromHeader('x-org-id')",
    );
    this.tokenSource = checkFunction(
      'tokenSource',
      options.tokenSource,
      "a function that returns the access token of a call, such as tokenFromCookie('__Host-access_token')",
    );
    this.ignoreContextTypes = checkContextTypes(options.ignoreContextTypes);
    this.onDecision = checkFunction(
      'onDecision',
      options.onDecision,
      'a function that takes the event, such as (event) => audit.log(event)',
    );
    this.startupAudit = checkStartupAudit(options.startupAudit);
    this.accessTable = checkAccessTable(options.accessTable);
    const webhooks = checkWebhooks(options.webhooks);
    this.webhooks = webhooks?.options;
    this.#webhookSecrets = webhooks?.secrets ?? [];
    this.callerKinds = checkCallerKinds(options.callerKinds);
    this.endStreamsAtExpiry = checkBoolean('endStreamsAtExpiry', options.endStreamsAtExpiry, true);
  }

  /** The integration API key, for the Authorization header of requests to PropelAuth and for nothing else. */
  readApiKey(): string {
    return this.#apiKey;
  }

  /** The secrets with which PropelAuth signs events; empty without webhooks. */
  readWebhookSecrets(): readonly string[] {
    return this.#webhookSecrets;
  }
}

const MANUAL = 'manualTokenVerificationMetadata';

// The type Record makes the compiler demand every option.
const KNOWN_OPTIONS: Record<keyof PropelAuthModuleOptions, true> = {
  authUrl: true,
  apiKey: true,
  apiUrl: true,
  manualTokenVerificationMetadata: true,
  debugMode: true,
  errorCodes: true,
  clockToleranceSeconds: true,
  apiTimeoutMs: true,
  tokenCache: true,
  apiKeys: true,
  orgSource: true,
  tokenSource: true,
  ignoreContextTypes: true,
  onDecision: true,
  startupAudit: true,
  accessTable: true,
  webhooks: true,
  endStreamsAtExpiry: true,
  callerKinds: true,
};

/** The options of the module itself, which the factory of `forRootAsync()` does not return. */
export const MODULE_EXTRAS = [
  'isGlobal',
  'requireUserByDefault',
  'globalRules',
  'except',
  'plugins',
  'account',
];

function assertKnownOptions(options: object): void {
  if (!isJsonObject(options)) {
    throw new PropelAuthConfigurationError(
      'The options of PropelAuthModule are not an object. Pass at least { authUrl, apiKey }.',
    );
  }
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(KNOWN_OPTIONS, key)) continue;
    if (MODULE_EXTRAS.includes(key)) {
      throw new PropelAuthConfigurationError(
        `${key} has no effect when the options factory returns it. Move it next to useFactory, useClass or useExisting: ` +
          `PropelAuthModule.forRootAsync({ ${key}: …, useFactory: … }).`,
      );
    }
    throw new PropelAuthConfigurationError(
      `${key} is not an option of PropelAuthModule. Remove it or correct its spelling; the options are ` +
        `${[...Object.keys(KNOWN_OPTIONS), ...MODULE_EXTRAS].join(', ')}.`,
    );
  }
}

/** Those that are read from the environment, where a missing variable is `undefined`. */
function assertHasSettings({
  authUrl,
  apiKey,
  manualTokenVerificationMetadata: manual,
  webhooks,
}: PropelAuthModuleOptions): void {
  assertNoneMissing({
    authUrl,
    apiKey,
    ...(has(manual, 'verifierKey') && { [`${MANUAL}.verifierKey` as const]: manual.verifierKey }),
    ...(has(webhooks, 'secret') && { 'webhooks.secret': webhooks.secret }),
  });
}

function has<Value extends object>(value: Value | undefined, key: keyof Value): value is Value {
  return isJsonObject(value) && Object.hasOwn(value, key);
}

function checkApiKey(value: unknown): string {
  const advice =
    'Set it to the API key from the Backend Integration page of your PropelAuth dashboard.';
  if (typeof value !== 'string' || value.trim() === '') {
    throw new PropelAuthConfigurationError(`apiKey is blank or not a string. ${advice}`);
  }
  // The error of fetch would quote a value that a header cannot contain, and so the key.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new PropelAuthConfigurationError(
      `apiKey contains white space, a line break or a character that is not ASCII. ${advice}`,
    );
  }
  return value;
}

function checkManualMetadata(value: unknown): ManualTokenVerificationMetadata | undefined {
  if (value === undefined) return undefined;
  const advice =
    'Set it to { verifierKey, issuer }, both strings, or remove it to have the key fetched from PropelAuth.';
  const { verifierKey, issuer } = checkOptions(MANUAL, value, ['verifierKey', 'issuer'], advice);
  if (typeof verifierKey !== 'string' || typeof issuer !== 'string') {
    throw new PropelAuthConfigurationError(`${MANUAL} is incomplete. ${advice}`);
  }
  return { verifierKey, issuer };
}

function checkTokenCache(value: unknown = {}): number {
  if (value === false) return 0;
  const advice = 'Set it to false or { maxEntries }.';
  const { maxEntries } = checkOptions('tokenCache', value, ['maxEntries'], advice);
  return checkInteger('tokenCache.maxEntries', maxEntries, {
    minimum: 1,
    maximum: 1_000_000,
    fallback: 10_000,
  });
}

/** Nest's own context types. Ignoring one of these would leave every such handler open. */
const NEST_CONTEXT_TYPES = ['http', 'graphql', 'ws', 'rpc'];

function checkContextTypes(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const types: unknown[] = Array.isArray(value) ? value : [value];
  if (!Array.isArray(value) || !types.every((type) => typeof type === 'string' && type !== '')) {
    throw new PropelAuthConfigurationError(
      "ignoreContextTypes is not a list of context types. Set it to the types of other libraries, such as ['rmq'].",
    );
  }
  const ofNest = types.find((type) => NEST_CONTEXT_TYPES.includes(type as string));
  if (ofNest !== undefined) {
    throw new PropelAuthConfigurationError(
      `ignoreContextTypes contains "${ofNest as string}", which would leave every such handler open. Remove it, and add ` +
        '@Public() to the handlers that are meant to be open.',
    );
  }
  return types as string[];
}

function checkCallerKinds(kinds: unknown = []): readonly (CallerKind | Type<CallerKind>)[] {
  if (!Array.isArray(kinds)) {
    throw new PropelAuthConfigurationError(
      'callerKinds is not a list. Set it to your provider classes that implement CallerKind, such as [ServiceTokens].',
    );
  }
  return kinds as readonly (CallerKind | Type<CallerKind>)[];
}

function checkStartupAudit(value: unknown): 'error' | 'warn' {
  if (value !== undefined && value !== 'error' && value !== 'warn') {
    throw new PropelAuthConfigurationError("startupAudit has to be 'error' or 'warn'.");
  }
  return value ?? 'error';
}
