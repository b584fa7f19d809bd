import type { Context, ErrorHandler, MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { isOwnForm } from '../access/origins.js';
import { smallBody } from '../access/small-body.js';
import { OAuthError } from '../oauth/oauth-error.js';
import type { Html } from './html.js';
import { errorPage } from './layout.js';
import { sendPage } from './page-response.js';

/** The origin at which the browser has the emulator. */
export function ownOriginOf(context: Context): string {
  return new URL(context.req.url).origin;
}

/** A middleware for pages: scripts of other origins cannot ask for them, and could not read them. */
export const forOwnPages: MiddlewareHandler = async (context, next) => {
  const origin = context.req.header('origin');
  if (origin !== undefined && origin !== ownOriginOf(context)) {
    throw new HTTPException(403, { message: 'Pages of other origins cannot use this page.' });
  }
  await next();
};

/** A middleware for what forms are sent to: only those of the emulator's own pages, and not too big. */
export const forOwnForms: readonly [MiddlewareHandler, MiddlewareHandler] = [
  async (context, next) => {
    if (!isOwnForm(context)) {
      throw new HTTPException(403, {
        message: `Only a form of ${ownOriginOf(context)} can do this.`,
      });
    }
    await next();
  },
  smallBody,
];

/** Shows errors as pages. */
export function errorPages(pageOf: (reason: string) => Html = defaultPage): ErrorHandler {
  return (error, context) => {
    // Another error may have something that was sent.
    if (!(error instanceof HTTPException || error instanceof OAuthError)) throw error;
    return sendPage(context, error.status, pageOf(error.message));
  };
}

function defaultPage(reason: string): Html {
  return errorPage('This page cannot be shown', reason);
}
