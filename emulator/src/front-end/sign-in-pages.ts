import { Hono } from 'hono';
import type { Core } from '../core.js';
import { formOf, queryOf } from '../oauth/request-parameters.js';
import { redirectTo, sendPage } from '../pages/page-response.js';
import { errorPages, forOwnForms, forOwnPages } from '../pages/page-routes.js';
import { signInErrorPage, signInPage, userIn } from '../pages/sign-in-page.js';
import { encodeAddress, ReturnAddresses } from './return-addresses.js';

/** PropelAuth's own is the first. */
const SIGN_IN_PATHS = ['/login', '/propelauth/login'];

/** The pages on which a user signs in, and where the button signs them out. */
export function signInPages({ project, sessions, origins }: Core): Hono {
  const app = new Hono();
  const addresses = new ReturnAddresses(origins);
  app.onError(errorPages(signInErrorPage));
  app.on('GET', SIGN_IN_PATHS, forOwnPages, (context) => {
    const given = queryOf(context).get('rt');
    const address = addresses.read(context, given);
    // The form is sent from this page, and no longer from the front end.
    const frontEnd = addresses.frontEndOf(context);
    const rt = given ?? (frontEnd && encodeAddress(address));
    return sendPage(context, 200, signInPage(project, { rt }, rt), { next: address });
  });
  app.on('POST', SIGN_IN_PATHS, ...forOwnForms, async (context) => {
    const form = await formOf(context);
    const address = addresses.read(context, form.get('rt'));
    await sessions.signIn(context, await userIn(form, project));
    return redirectTo(context, address);
  });
  app.post('/propelauth/logout', ...forOwnForms, async (context) => {
    const form = await formOf(context);
    const address = addresses.read(context, form.get('rt'));
    sessions.signOut(context);
    return redirectTo(context, address);
  });
  return app;
}
