import type { Context } from 'hono';
import type { Core } from '../core.js';
import { markup, raw, type Html } from '../pages/html.js';
import { page } from '../pages/layout.js';
import { sendPage } from '../pages/page-response.js';
import { PAGE_SCRIPT } from './page-script.js';
import { OUTBOX_PATH, REQUESTS_PATH, USERS_PATH } from './paths.js';

const LINKS = {
  Users: USERS_PATH,
  Outbox: OUTBOX_PATH,
  Requests: REQUESTS_PATH,
  Account: '/account',
};

/** A page about the project, with its name and links to the others. */
export function dashboard({ name, issuer }: Core, title: string, content: Html): Html {
  const links = Object.entries(LINKS).map(
    ([text, path]) =>
      markup`<a href="${path}" ${raw(text === title ? 'aria-current="page"' : '')}>${text}</a>`,
  );
  const header = markup`<header class="top">
    <p><strong>${name}</strong> <span class="quiet">PropelAuth emulator at ${issuer.authUrl}</span></p>
    <nav aria-label="Pages">${links}</nav>
  </header>`;
  return page(title, content, { projectName: name, header });
}

/** Sends such a page with its script. */
export function sendDashboard(
  context: Context,
  core: Core,
  title: string,
  content: Html,
): Promise<Response> {
  const withScript = markup`${content}
    <p class="status" role="status"></p>
    <script>${raw(PAGE_SCRIPT)}</script>`;
  return sendPage(context, 200, dashboard(core, title, withScript), { script: PAGE_SCRIPT });
}
