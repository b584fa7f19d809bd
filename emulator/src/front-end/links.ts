import { Hono } from 'hono';
import type { Core } from '../core.js';
import { queryOf } from '../oauth/request-parameters.js';
import { check, countAddition } from '../pages/form.js';
import { errorPage } from '../pages/layout.js';
import { redirectTo } from '../pages/page-response.js';
import { errorPages, forOwnPages } from '../pages/page-routes.js';
import { LINK_PATH, type LinkRecord } from '../project/outbox.js';
import type { UserRecord } from '../project/records.js';
import { ReturnAddresses } from './return-addresses.js';

/** Where the links lead that are in the outbox, or that an application has asked for. */
export function links({ project, sessions, origins }: Core): Hono {
  const app = new Hono();
  const addresses = new ReturnAddresses(origins);
  app.onError(errorPages((reason) => errorPage('This link does not work', reason)));
  app.get(LINK_PATH, forOwnPages, async (context) => {
    const parameters = queryOf(context);
    const address = addresses.read(context, parameters.get('rt'));
    // Programs that only look whether there is a page do not use it up.
    if (context.req.method === 'HEAD') return context.body(null);
    await sessions.signIn(context, follow(parameters.get('token') ?? ''));
    return redirectTo(context, address);
  });
  return app;

  /** Uses up a link, and confirms its address. @returns the user, whom an invitation adds */
  function follow(token: string): UserRecord {
    const link = project.outbox.find(token);
    const user = link && userOf(link);
    check(
      link !== undefined && lets(user, link),
      'This link has expired, was withdrawn, or was used before. Ask for another one.',
    );
    if (user === undefined) countAddition(project);
    project.outbox.endLink(token);
    const email = link.isNewEmail ? link.email : (user?.email ?? link.email);
    if (user === undefined) return project.addUser({ email, email_confirmed: true });
    if (user.email !== email || !user.email_confirmed) {
      project.updateUser(user, { email, email_confirmed: true });
    }
    return user;
  }

  function userOf({ userId, email }: LinkRecord): UserRecord | undefined {
    return userId === undefined ? project.findUserByEmail(email) : project.users.get(userId);
  }

  function lets(user: UserRecord | undefined, { email, orgId, isNewEmail }: LinkRecord): boolean {
    if (user?.enabled === false) return false;
    if (orgId !== undefined) return project.invitesTo(email).some((each) => each.org_id === orgId);
    // Whoever had the address before the user changed it does not get in.
    if (!isNewEmail) return user?.email === email;
    const owner = project.findUserByEmail(email);
    return user !== undefined && (owner === undefined || owner === user);
  }
}
