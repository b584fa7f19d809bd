import { markup, type Html } from '../pages/html.js';
import type { LoggedRequest } from '../request-log.js';
import { badge } from './cards.js';

/** The latest requests, newest first. */
export function latestRequests(requests: readonly LoggedRequest[]): Html {
  const rows = requests.toReversed().map(
    ({ at, method, route, status, caller }) => markup`<tr>
      <td>${at.toLocaleTimeString('en-GB')}</td><td>${method}</td><td><code>${route}</code></td>
      <td>${badge(String(status), status < 400 ? 'good' : 'bad')}</td><td>${caller ?? ''}</td>
    </tr>`,
  );
  return markup`<div class="card" data-live>
    <p class="quiet">The latest requests, at most 200, without those that keep these pages up to date.</p>
    <table>
      <thead><tr><th>Time</th><th>Method</th><th>Route</th><th>Status</th><th>Caller</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;
}
