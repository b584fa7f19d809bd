import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Core } from '../core.js';
import { formOf, queryOf, type RequestParameters } from '../oauth/request-parameters.js';
import { redirectTo, sendPage } from '../pages/page-response.js';
import { errorPages, forOwnForms, forOwnPages } from '../pages/page-routes.js';
import { ACCOUNT, SECURITY } from './account-pages.js';
import { showPage, type HostedPage, type Visit } from './hosted-page.js';
import { CREATE_ORG, MISSING, ORG } from './org-pages.js';
import { encodeAddress, pathOf, ReturnAddresses } from './return-addresses.js';
import { FORGOTTEN_PASSWORD, PASSWORDLESS, SIGN_UP } from './sign-up-pages.js';

/** The pages of PropelAuth to which its libraries, its mails and these pages lead. */
const PAGES: ReadonlyMap<string, HostedPage> = new Map([
  ['/signup', SIGN_UP],
  ['/forgot_password', FORGOTTEN_PASSWORD],
  ['/propelauth/passwordless', PASSWORDLESS],
  ['/account', ACCOUNT],
  ['/account/settings', ACCOUNT],
  ['/account/security', SECURITY],
  ['/create_org', CREATE_ORG],
  ['/org', ORG],
  ['/org/members/:id?', ORG],
  ['/org/settings/:id?', ORG],
  ['/org/api_keys/:id?', MISSING],
  ['/account/api_keys', MISSING],
  ['/saml', MISSING],
]);

export function hostedPages(core: Core): Hono {
  const app = new Hono();
  const addresses = new ReturnAddresses(core.origins);
  app.onError(errorPages());
  for (const [path, hosted] of PAGES) {
    app.get(path, forOwnPages, async (context) => {
      const visit = await visitOf(context, queryOf(context), hosted);
      if (visit === undefined) return redirectToSignIn(context);
      return sendPage(context, 200, showPage(hosted, visit), { next: visit.next });
    });
    if (hosted.send === undefined) continue;
    app.post(path, ...forOwnForms, async (context) => {
      const visit = await visitOf(context, await formOf(context), hosted);
      if (visit === undefined) return redirectToSignIn(context);
      try {
        return redirectTo(context, (await hosted.send?.(visit)) ?? path);
      } catch (error) {
        if (!(error instanceof HTTPException)) throw error;
        const page = showPage(hosted, visit, error.message);
        return sendPage(context, error.status, page, { next: visit.next });
      }
    });
  }
  return app;

  /** `undefined` for a page that nobody sees who is not signed in. */
  async function visitOf(
    context: Context,
    sent: RequestParameters,
    { isForUsers = false }: HostedPage,
  ): Promise<Visit | undefined> {
    const given = sent.get('rt');
    const next = addresses.read(context, given);
    const isKnown = given !== undefined || addresses.frontEndOf(context) !== undefined;
    const user = isForUsers ? await core.sessions.userOf(context) : undefined;
    if (isForUsers && user === undefined) return undefined;
    const rt = isKnown ? encodeAddress(next) : undefined;
    return { context, core, sent, rt, next, ...(user && { user }) };
  }
}

function redirectToSignIn(context: Context): Response {
  return redirectTo(context, pathOf('/login', encodeAddress(context.req.url)));
}
