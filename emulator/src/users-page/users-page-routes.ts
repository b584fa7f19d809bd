import { Hono } from 'hono';
import type { Core } from '../core.js';
import { markup } from '../pages/html.js';
import { formOf, queryOf, type RequestParameters } from '../oauth/request-parameters.js';
import { redirectTo } from '../pages/page-response.js';
import { errorPages, forOwnForms, forOwnPages } from '../pages/page-routes.js';
import { actionsOn } from './actions.js';
import { dashboard, sendDashboard } from './dashboard.js';
import {
  addressOf,
  CHANGE_PATH,
  ICON_PATH,
  OUTBOX_PATH,
  REQUESTS_PATH,
  USERS_PATH,
} from './paths.js';
import { latestRequests } from './latest-requests.js';
import { outboxPage } from './outbox-page.js';
import { MAXIMUM_SEARCH_LENGTH, usersPage } from './users-page.js';

/** How long a page waits for the application to handle a webhook. */
const PATIENCE_MILLISECONDS = 2_000;

/** Shows and changes users and organizations, which PropelAuth's dashboard does. */
export function usersPageRoutes(core: Core): Hono {
  const { webhooks, log } = core;
  const act = actionsOn(core);
  const app = new Hono();
  app.onError(
    errorPages((reason) => dashboard(core, 'This did not work', markup`<p>${reason}</p>`)),
  );

  app.get(USERS_PATH, forOwnPages, (context) => {
    const query = queryOf(context);
    const [changed = '', panel = ''] = [query.get('changed'), query.get('panel')];
    const view = { search: searchIn(query), changed, panel };
    return sendDashboard(context, core, 'Users', usersPage(core, view));
  });

  app.get(OUTBOX_PATH, forOwnPages, (context) =>
    sendDashboard(context, core, 'Outbox', outboxPage(core)),
  );

  app.get(REQUESTS_PATH, forOwnPages, (context) =>
    sendDashboard(context, core, 'Requests', latestRequests(log.requests)),
  );

  // Browsers ask for it. There is none.
  app.get(ICON_PATH, (context) => context.body(null, 204));

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
