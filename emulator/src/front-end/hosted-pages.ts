import { Hono } from 'hono';
import type { Core } from '../core.js';
import { queryOf } from '../oauth/request-parameters.js';
import { redirectTo, sendPage } from '../pages/page-response.js';
import { errorPages, forOwnPages } from '../pages/page-routes.js';
import { HOSTED_PAGES, hostedPage } from './hosted-page.js';
import { encodeAddress, ReturnAddresses } from './return-addresses.js';

/** The pages of PropelAuth for signed-in users, to which front ends lead. */
export function hostedPages({ project, sessions, origins }: Core): Hono {
  const app = new Hono();
  const addresses = new ReturnAddresses(origins);
  app.onError(errorPages());
  for (const [path, page] of HOSTED_PAGES) {
    app.get(path, forOwnPages, async (context) => {
      const parameters = queryOf(context);
      const given = parameters.get('rt');
      const address = addresses.read(context, given);
      const user = await sessions.userOf(context);
      if (user === undefined) {
        const query = new URLSearchParams({ rt: encodeAddress(context.req.url) });
        return redirectTo(context, `/login?${query.toString()}`);
      }
      const isKnown = given !== undefined || addresses.frontEndOf(context) !== undefined;
      const returnAddress = isKnown ? address : undefined;
      const orgId = parameters.get('id');
      const body = hostedPage(page, { user, orgId, returnAddress }, project);
      return sendPage(context, 200, body, { next: returnAddress });
    });
  }
  return app;
}
