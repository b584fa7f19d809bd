import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { mayNameUser } from '../access/origins.js';
import type { Core } from '../core.js';
import { markup } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { formOf, queryOf, type RequestParameters } from '../oauth/request-parameters.js';
import { redirectTo } from '../pages/page-response.js';
import { errorPages, forOwnForms, forOwnPages } from '../pages/page-routes.js';
import { accessTokenOf } from '../project/described-users.js';
import { fullNameOf } from '../project/memberships.js';
import { actionsOn } from './actions.js';
import { dashboardHeader, sendDashboard } from './dashboard.js';
import {
  ACCESS_TOKEN_PATH,
  addressOf,
  CHANGE_PATH,
  REQUESTS_PATH,
  STEP_UP_GRANT_PATH,
  USERS_PATH,
} from './paths.js';
import { accessToken, latestRequests, stepUpGrant } from './result-pages.js';
import { MAXIMUM_SEARCH_LENGTH, usersPage } from './users-page.js';

/** How long a page waits for the application to handle a webhook. */
const PATIENCE_MILLISECONDS = 2_000;
const GRANT_LIFETIME_SECONDS = 300;

/** Shows and changes users and organizations, which PropelAuth's dashboard does. */
export function usersPageRoutes(core: Core): Hono {
  const { project, webhooks, log } = core;
  const act = actionsOn(core);
  const app = new Hono();
  app.onError(
    errorPages((reason) =>
      page('This did not work', markup`<p>${reason}</p>`, 'narrow', dashboardHeader(core)),
    ),
  );

  app.get(USERS_PATH, forOwnPages, (context) => {
    const query = queryOf(context);
    const [changed = '', panel = ''] = [query.get('changed'), query.get('panel')];
    const view = { search: searchIn(query), changed, panel };
    return sendDashboard(context, core, 'Users', usersPage(core, view));
  });

  app.get(REQUESTS_PATH, forOwnPages, (context) =>
    sendDashboard(context, core, 'Requests', latestRequests(log.requests)),
  );

  // A page of its own, so that the page with all users has no tokens.
  app.get(ACCESS_TOKEN_PATH, forOwnPages, async (context) => {
    if (!mayNameUser(context)) {
      throw new HTTPException(403, { message: 'Open this page from the users page.' });
    }
    const user = project.findUserByLogin(queryOf(context).get('user'));
    if (user === undefined) throw new HTTPException(404, { message: 'The user is unknown.' });
    const token = await accessTokenOf(project, user);
    const content = accessToken(fullNameOf(user), token, core.call);
    return sendDashboard(context, core, 'Access token', content);
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
    const content = stepUpGrant(fullNameOf(user), actionType, grant);
    return sendDashboard(context, core, 'Step-up grant', content);
  });

  app.post(CHANGE_PATH, ...forOwnForms, async (context) => {
    const form = await formOf(context);
    const done = await act(form);
    // Back to the page of the form, which shows what became of the webhook.
    await webhooks.sentWithin(PATIENCE_MILLISECONDS);
    return redirectTo(context, addressOf({ search: searchIn(form), ...done }));
  });
  return app;
}

function searchIn(parameters: RequestParameters): string {
  return (parameters.get('search') ?? '').slice(0, MAXIMUM_SEARCH_LENGTH);
}
