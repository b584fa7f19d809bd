import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { mayNameUser } from '../access/origins.js';
import type { Core } from '../core.js';
import { errorPage } from '../pages/layout.js';
import { formOf, queryOf, type RequestParameters } from '../oauth/request-parameters.js';
import { redirectTo, sendPage } from '../pages/page-response.js';
import { errorPages, forOwnForms, forOwnPages } from '../pages/page-routes.js';
import { accessTokenOf } from '../project/described-users.js';
import { fullNameOf } from '../project/memberships.js';
import { COPY_SCRIPT } from './copy-buttons.js';
import {
  ACCESS_TOKEN_PATH,
  CHANGE_PATH,
  STEP_UP_GRANT_PATH,
  USERS_PATH,
  usersPageAddress,
} from './paths.js';
import { changeProject } from './project-changes.js';
import { accessTokenPage, stepUpGrantPage } from './result-pages.js';
import { MAXIMUM_SEARCH_LENGTH, usersPage } from './users-page.js';

/** How long a page waits for the application to handle a webhook. */
const PATIENCE_MILLISECONDS = 2_000;
const GRANT_LIFETIME_SECONDS = 300;
const PAGE_NEEDS = { script: COPY_SCRIPT };

/** Shows and changes users and organizations, which PropelAuth's dashboard does. */
export function usersPageRoutes(core: Core): Hono {
  const { project, webhooks } = core;
  const app = new Hono();
  app.onError(errorPages((reason) => errorPage('This did not work', reason)));

  app.get(USERS_PATH, forOwnPages, (context) => {
    const search = searchIn(queryOf(context));
    return sendPage(context, 200, usersPage(core, search), PAGE_NEEDS);
  });

  // A page of its own, so that the page with all users has no tokens.
  app.get(ACCESS_TOKEN_PATH, forOwnPages, async (context) => {
    if (!mayNameUser(context)) {
      throw new HTTPException(403, { message: 'Open this page from the users page.' });
    }
    const user = project.findUserByLogin(queryOf(context).get('user'));
    if (user === undefined) throw new HTTPException(404, { message: 'The user is unknown.' });
    const token = await accessTokenOf(project, user);
    return sendPage(context, 200, accessTokenPage(fullNameOf(user), token, core.call), PAGE_NEEDS);
  });

  app.post(STEP_UP_GRANT_PATH, ...forOwnForms, async (context) => {
    const form = await formOf(context);
    const user = project.findUserByLogin(form.get('user'));
    const actionType = form.get('action_type');
    if (user === undefined || actionType === undefined) {
      throw new HTTPException(400, { message: 'The user is unknown, or the action is missing.' });
    }
    const grant = project.addGrant({
      userId: user.user_id,
      actionType,
      isForOneUse: true,
      expiresAt: project.now() + GRANT_LIFETIME_SECONDS,
    });
    const page = stepUpGrantPage(fullNameOf(user), actionType, grant);
    return sendPage(context, 200, page, PAGE_NEEDS);
  });

  app.post(CHANGE_PATH, ...forOwnForms, async (context: Context) => {
    const form = await formOf(context);
    if (!changeProject(project, form)) {
      throw new HTTPException(400, {
        message: 'Nothing was changed: the user, the organization or the role is unknown.',
      });
    }
    // Back to the page of the form, which shows what became of the webhook.
    await webhooks.sentWithin(PATIENCE_MILLISECONDS);
    return redirectTo(context, usersPageAddress(searchIn(form)));
  });
  return app;
}

function searchIn(parameters: RequestParameters): string {
  return (parameters.get('search') ?? '').slice(0, MAXIMUM_SEARCH_LENGTH);
}
