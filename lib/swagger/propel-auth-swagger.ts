import type { INestApplication } from '@nestjs/common';
import {
  SwaggerModule,
  type OpenAPIObject,
  type SwaggerCustomOptions,
  type SwaggerDocumentOptions,
} from '@nestjs/swagger';
import { BEARER_SCHEME } from '../rules/open-api-security.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { CallerKinds } from '../callers/caller-kinds.js';
import { hasTokensOfUsers } from '../callers/credential-places.js';
import { OwnCallerKinds } from '../callers/own/own-caller-kinds.js';
import { Hooks } from '../plugins/hooks.js';
import { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import { OwnProviders } from '../rules/application/own-providers.js';
import { Policies } from '../rules/policies.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { describeOperation, operationsOf, type DocumentContext } from './guarded-operations.js';
import { OperationMarkers } from './operation-markers.js';
import { ERROR_SCHEMA, errorSchema } from './operation-responses.js';
import {
  createSecuritySchemes,
  OAUTH2_SCHEME,
  schemesOf,
  type SecuritySchemes,
  type SwaggerOAuth2Options,
} from './security-schemes.js';
import { lazily } from '../values/lazily.js';
import { TokenCookies } from './token-cookies.js';
import { createSwaggerUiOptions } from './swagger-ui-options.js';

/**
 * The options of {@link PropelAuthSwagger.createDocument}: those of SwaggerModule, and `oauth2`.
 *
 * @publicApi
 */
export interface PropelAuthSwaggerDocumentOptions extends SwaggerDocumentOptions {
  /** Adds an OAuth2 scheme: the Authorize button then opens PropelAuth's login. Default: none. */
  oauth2?: SwaggerOAuth2Options;
}

/**
 * SwaggerModule with PropelAuth's access rules: the same two functions with the same parameters.
 *
 * @example
 * ```ts
 * const config = new DocumentBuilder().setTitle('My API').build();
 * PropelAuthSwagger.setup('docs', app, () => PropelAuthSwagger.createDocument(app, config));
 * ```
 *
 * @publicApi
 */
export class PropelAuthSwagger {
  /**
   * Creates the OpenAPI document of an application, with the security scheme `bearer` and, for every operation, the security that the guard
   * enforces: the requirement, the parameters and properties that the rules read, the possible errors with an example each, a sentence in
   * the description and the extension `x-propelauth`.
   *
   * @param app the application, which imports `PropelAuthModule`
   * @param config the document to start with, from `DocumentBuilder`. A scheme `bearer` in it is kept
   * @param options those of `SwaggerModule.createDocument`, and `oauth2`
   * @returns the document
   * @throws {PropelAuthConfigurationError} if the application has no `PropelAuthModule`, or `oauth2` has no client id
   * @example
   * ```ts
   * const document = PropelAuthSwagger.createDocument(app, config, { oauth2: { clientId: 'my-client' } });
   * ```
   */
  static createDocument(
    app: INestApplication,
    config: Omit<OpenAPIObject, 'paths'>,
    options: PropelAuthSwaggerDocumentOptions = {},
  ): OpenAPIObject {
    const { oauth2, ...documentOptions } = options;
    checkClientId(oauth2);
    const { authUrl, debugMode, errorCodes } = find(app, ResolvedOptions);
    // The document is usually made before the application starts.
    find(app, OwnCallerKinds).register();
    const kinds = find(app, CallerKinds);
    const schemes = createSecuritySchemes(authUrl.origin, oauth2);
    const markers = new OperationMarkers(app);
    let document: OpenAPIObject;
    try {
      document = SwaggerModule.createDocument(app, config, documentOptions);
    } finally {
      markers.remove();
    }
    document.components = {
      ...document.components,
      schemas: { ...document.components?.schemas, [ERROR_SCHEMA]: errorSchema([]) },
      securitySchemes: { ...schemes, ...document.components?.securitySchemes },
    };
    const policies = find(app, Policies);
    const cookies = new TokenCookies(policies, find(app, ResolvedOptions));
    const context: DocumentContext = {
      policies,
      isGuardGlobal: find(app, GlobalGuardCheck).isRegistered(),
      cookies,
      schemes: oauth2 ? [BEARER_SCHEME, OAUTH2_SCHEME] : [BEARER_SCHEME],
      kinds,
      documentSecurity: document.security ?? [],
      schemas: document.components.schemas ?? {},
      bodies: { debugMode, errorCodes },
      hooks: find(app, Hooks),
    };
    for (const one of operationsOf(document)) {
      const origin = markers.find(one.operation.security ?? []);
      if (origin !== undefined) describeOperation(one, origin, context);
    }
    // The rules of the application are known when their operations are described.
    context.schemas[ERROR_SCHEMA] = errorSchema(find(app, OwnProviders).codes);
    addUsedSchemes(document, {
      ...cookies.schemes,
      ...schemesOf(
        kinds.list.filter((kind) => !hasTokensOfUsers(kind)),
        authUrl.origin,
      ),
    });
    return document;
  }

  /**
   * Serves Swagger UI and the document. The token survives a reload of the page (`persistAuthorization`); with `NODE_ENV=production` only
   * if you enable that option. For a document with `oauth2`, Swagger UI uses PKCE with its client.
   *
   * @param path where Swagger UI is served
   * @param app the application
   * @param documentOrFactory the document, or a function that creates it on the first request
   * @param options those of `SwaggerModule.setup`
   * @example
   * ```ts
   * PropelAuthSwagger.setup('docs', app, document, { customSiteTitle: 'My API' });
   * ```
   */
  static setup(
    path: string,
    app: INestApplication,
    documentOrFactory: OpenAPIObject | (() => OpenAPIObject),
    options: SwaggerCustomOptions = {},
  ): void {
    const build = lazily(() =>
      typeof documentOrFactory === 'function' ? documentOrFactory() : documentOrFactory,
    );
    SwaggerModule.setup(path, app, build, {
      ...options,
      swaggerOptions: createSwaggerUiOptions(build, options.swaggerOptions),
    });
  }
}

/** Adds the schemes that routes use. For others, Swagger UI would ask for a credential that no route accepts. */
function addUsedSchemes(document: OpenAPIObject, schemes: SecuritySchemes): void {
  const requirements = operationsOf(document).flatMap(({ operation }) => operation.security ?? []);
  const used = new Set(requirements.flatMap(Object.keys));
  const { securitySchemes } = document.components ?? {};
  const added = Object.entries(schemes).filter(([name]) => used.has(name));
  // After the schemes of tokens, and never instead of a scheme of the application.
  const all = { ...securitySchemes, ...Object.fromEntries(added), ...securitySchemes };
  document.components = { ...document.components, securitySchemes: all };
}

function checkClientId(oauth2: SwaggerOAuth2Options | undefined): void {
  if (oauth2 === undefined) return;
  if (typeof oauth2.clientId !== 'string' || oauth2.clientId.trim() === '') {
    throw new PropelAuthConfigurationError(
      'oauth2.clientId of PropelAuthSwagger.createDocument() is empty or not a string. Give the id of the OAuth2 client from your PropelAuth dashboard.',
    );
  }
}

function find<Provider>(
  app: INestApplication,
  provider: abstract new (...args: never[]) => Provider,
): Provider {
  try {
    return app.get(provider, { strict: false });
  } catch {
    throw new PropelAuthConfigurationError(
      'PropelAuthSwagger needs PropelAuthModule in the application. Import PropelAuthModule.forRoot().',
    );
  }
}
