import type { Context } from 'hono';
import type { Core } from '../core.js';
import { markup, raw, type Html } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { sendPage } from '../pages/page-response.js';
import { PAGE_SCRIPT } from './page-script.js';
import { REQUESTS_PATH, USERS_PATH } from './paths.js';

const LINKS = { Users: USERS_PATH, Requests: REQUESTS_PATH, Account: '/account' };

/** Sends a page that has the name of the project, links to the others, and the script. */
export function sendDashboard(
  context: Context,
  core: Core,
  title: string,
  content: Html,
): Promise<Response> {
  const end = markup`<p class="status" role="status"></p><script>${raw(PAGE_SCRIPT)}</script>`;
  const body = page(title, content, 'wide', dashboardHeader(core, title), end);
  return sendPage(context, 200, body, { script: PAGE_SCRIPT });
}

export function dashboardHeader({ name, issuer }: Core, title = ''): Html {
  const links = Object.entries(LINKS).map(
    ([text, path]) =>
      markup`<a href="${path}" ${text === title ? raw('aria-current="page"') : ''}>${text}</a>`,
  );
  return markup`<header class="top">
    <p><strong>${name}</strong> <span class="quiet">PropelAuth emulator at ${issuer.authUrl}</span></p>
    <nav aria-label="Pages">${links}</nav>
  </header>`;
}
