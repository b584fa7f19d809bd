import { ChangesController } from './changes.controller.js';
import { HostedPagesController } from './front-end/hosted-pages.controller.js';
import { RefreshTokenController } from './front-end/refresh-token.controller.js';
import { SignInController } from './front-end/sign-in.controller.js';
import { SignOutController } from './front-end/sign-out.controller.js';
import { ConsentController } from './mcp/consent.controller.js';
import { AuthorizeController } from './oauth/authorize.controller.js';
import { TokenController } from './oauth/token.controller.js';
import { UsersController } from './users.controller.js';

/** The paths of all of them, without the global prefix. */
export const PATHS = [
  'api/v1/refresh_token',
  'propelauth/login',
  'propelauth/logout',
  'propelauth/pages/:page',
  'propelauth/users',
  'propelauth/users/access-token',
  'propelauth/users/change',
  'propelauth/users/step-up-grant',
  'propelauth/oauth/authorize',
  'propelauth/oauth/token',
  'propelauth/mcp/authorize/:id',
];

/** Those that are always there. */
export const CONTROLLERS = [
  RefreshTokenController,
  SignInController,
  SignOutController,
  HostedPagesController,
  UsersController,
  ChangesController,
];
/** For an OAuth2 client, such as Swagger UI. */
export const OAUTH_CONTROLLERS = [AuthorizeController, TokenController];

/** For MCP clients. */
export const MCP_CONTROLLERS = [ConsentController];
