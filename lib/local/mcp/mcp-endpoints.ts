import type { IncomingMessage, ServerResponse } from 'node:http';
import { ForbiddenException, UnauthorizedException, type HttpException } from '@nestjs/common';
import { AllowedOrigins } from '../access/allowed-origins.js';
import { LocalSecret } from '../access/local-secret.js';
import { acceptsPage, urlOf } from '../access/raw-request.js';
import { errorPage } from '../pages/layout.js';
import { pageResponse } from '../pages/page-response.js';
import type { AuthorizationServer } from './authorization-server.js';
import { readRegistration, RegistrationError } from './client-registration.js';
import { authorizationRequestOf } from './authorization-request.js';
import {
  allowEveryOrigin,
  answerPreflight,
  isPreflight,
  sendError,
  sendJson,
} from './json-response.js';
import { ENDPOINTS, ISSUER_PATH, METADATA_PATH } from './metadata.js';
import { readBody, UnreadableBodyError } from './replayed-request.js';

type Next = (error?: unknown) => void;

const JSON_TYPE = 'application/json';

/**
 * The endpoints of the authorization server for MCP clients, at PropelAuth's paths. Clients need no secret. The browser of a user does, to
 * authorize a client.
 *
 * A middleware, so that neither the body parsers, the prefix and the CORS settings of the application apply, nor its guards and pipes.
 */
export class McpEndpoints {
  /**
   * @param resource the URL of the MCP server
   * @param metadata the metadata of the authorization server
   */
  constructor(
    readonly resource: string,
    private readonly server: AuthorizationServer,
    private readonly metadata: object,
    private readonly secret: LocalSecret,
    private readonly origins: AllowedOrigins,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse, next: Next): void {
    const endpoint = this.endpointFor(request);
    if (endpoint === undefined) next();
    else endpoint(request, response, next)?.catch(next);
  }

  private endpointFor(
    request: IncomingMessage,
  ): ((...args: [IncomingMessage, ServerResponse, Next]) => Promise<void> | void) | undefined {
    const { method = '' } = request;
    const path = pathOf(request);
    if (OPEN_PATHS.has(path) && isPreflight(request)) return answerPreflight;
    if (path === METADATA_PATH && isRead(method)) return this.sendMetadata.bind(this);
    if (method === 'POST' && path === REGISTRATION_PATH) return this.register.bind(this);
    if (method === 'POST' && FORM_PATHS.has(path)) return this.respondToForm.bind(this);
    if (method === 'GET' && path === AUTHORIZATION_PATH) return this.authorize.bind(this);
    if (method === 'GET' && RESUMED_PATH.test(path)) return this.authorize.bind(this);
    return undefined;
  }

  private sendMetadata(_request: IncomingMessage, response: ServerResponse): void {
    sendJson(response, 200, this.metadata);
  }

  private async register(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyFor(request, response);
    if (body === undefined) return;
    if (!isOfType(request, JSON_TYPE)) {
      const description = `The Content-Type is not ${JSON_TYPE}.`;
      sendError(response, 'invalid_client_metadata', description);
      return;
    }
    try {
      const metadata = JSON.stringify(readRegistration(parseJson(body)));
      await this.respond(request, response, metadata);
    } catch (error) {
      if (!(error instanceof RegistrationError)) throw error;
      sendError(response, error.code, error.message);
    }
  }

  private async respondToForm(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyFor(request, response);
    if (body !== undefined) await this.respond(request, response, body);
  }

  private respond(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const path = pathOf(request);
    // oidc-provider then leaves out its own headers, which depend on the client.
    if (OPEN_PATHS.has(path)) allowEveryOrigin(response);
    return this.server.respond(request, response, path.slice(ISSUER_PATH.length), body);
  }

  /** The only endpoint for browsers: it begins and ends the authorization, with a page of the application in between. */
  private async authorize(
    request: IncomingMessage,
    response: ServerResponse,
    next: Next,
  ): Promise<void> {
    const refusal = this.refusalOf(request);
    if (refusal === undefined) {
      response.setHeader('Referrer-Policy', 'no-referrer');
      await this.server.respond(request, response, authorizationRequestOf(request), '');
    } else if (acceptsPage(request)) {
      const title = 'This client cannot sign you in';
      const page = pageResponse(refusal.getStatus(), errorPage(title, refusal.message));
      response.writeHead(page.status, page.headers).end(page.body);
    } else next(refusal);
  }

  private refusalOf(request: IncomingMessage): HttpException | undefined {
    if (!this.origins.mayCall(request.headers.origin)) {
      return new ForbiddenException('Pages of other origins cannot authorize a client.');
    }
    if (this.secret.isIn(request)) return undefined;
    return new UnauthorizedException(
      'The secret of the local PropelAuth is missing or wrong. Open one of the links that the application printed at startup in this ' +
        'browser, and reload this page.',
    );
  }
}

const AUTHORIZATION_PATH = ISSUER_PATH + ENDPOINTS.authorization;
const REGISTRATION_PATH = ISSUER_PATH + ENDPOINTS.registration;
const TOKEN_PATH = ISSUER_PATH + ENDPOINTS.token;
const INTROSPECTION_PATH = ISSUER_PATH + ENDPOINTS.introspection;
/** To these, a browser comes back from the page on which the user authorizes the client. */
const RESUMED_PATH = new RegExp(`^${AUTHORIZATION_PATH.replaceAll('.', '\\.')}/[\\w-]+$`);

const FORM_PATHS: ReadonlySet<string> = new Set([TOKEN_PATH, INTROSPECTION_PATH]);
/** What clients in a browser call. Only servers introspect. */
const OPEN_PATHS: ReadonlySet<string> = new Set([METADATA_PATH, REGISTRATION_PATH, TOKEN_PATH]);

/** The routes of the endpoints, as the application would have them. */
export const MCP_ROUTES: readonly string[] = [
  `GET ${METADATA_PATH}`,
  `GET ${AUTHORIZATION_PATH}`,
  `POST ${REGISTRATION_PATH}`,
  `POST ${TOKEN_PATH}`,
  `POST ${INTROSPECTION_PATH}`,
];

function pathOf(request: IncomingMessage): string {
  return urlOf(request).split('?', 1)[0] as string;
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The body; `undefined` after the response to one that cannot be read. */
async function bodyFor(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string | undefined> {
  try {
    return await readBody(request);
  } catch (error) {
    if (!(error instanceof UnreadableBodyError)) throw error;
    response.setHeader('Connection', 'close');
    sendError(response, 'invalid_request', error.message, 413);
    return undefined;
  }
}

function isOfType({ headers }: IncomingMessage, type: string): boolean {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === type;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
