import { callCommand } from '../cli/curl-commands.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS } from '../issuer/token-issuer.js';
import { markup, type Html } from '../pages/html.js';
import type { LoggedRequest } from '../request-log.js';
import { badge, row } from './cards.js';
import { copyableText } from './copy-buttons.js';

const TOKEN_MINUTES = ACCESS_TOKEN_LIFETIME_SECONDS / 60;

/** An access token to copy, and a command that calls a URL with it. */
export function accessToken(name: string, token: string, url: string): Html {
  return markup`<div class="card">
    <p>The access token of ${name} is valid for ${TOKEN_MINUTES} minutes.</p>
    <dl>
      ${row('Access token', copyableText(token, `access token of ${name}`, 'token'))}
      ${row('Call with curl', copyableText(callCommand(token, url), `curl command of ${name}`, 'curl'))}
    </dl>
  </div>`;
}

/** A step-up grant to copy. */
export function stepUpGrant(name: string, actionType: string, grant: string): Html {
  return markup`<div class="card">
    <p>This grant of ${name} for the action <code>${actionType}</code> is valid once, for five minutes. Send it to your application
      with an access token of ${name}.</p>
    <dl>${row('Step-up grant', copyableText(grant, `step-up grant of ${name}`))}</dl>
  </div>`;
}

/** The latest requests, newest first. */
export function latestRequests(requests: readonly LoggedRequest[]): Html {
  const rows = requests.toReversed().map(
    ({ at, method, route, status, caller }) => markup`<tr>
      <td>${at.toLocaleTimeString('en-GB')}</td><td>${method}</td><td><code>${route}</code></td>
      <td>${badge(String(status), status < 400 ? 'good' : 'bad')}</td><td>${caller ?? ''}</td>
    </tr>`,
  );
  return markup`<div class="card" data-live>
    <p class="quiet">The latest requests, at most 200, without those for this page and the users page.</p>
    <table>
      <thead><tr><th>Time</th><th>Method</th><th>Route</th><th>Status</th><th>Caller</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;
}
