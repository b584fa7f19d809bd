import { markup, type Html } from '../pages/html.js';
import type { Delivery } from '../webhooks/delivery.js';
import { actionForm, type UsersPage } from './action-forms.js';
import { badge } from './cards.js';
import { copyableText } from './copy-buttons.js';

/** Beside the users: the webhooks that were sent last, and what the application returned. */
export function latestEvents(page: UsersPage): Html {
  const { latest, url } = page.webhooks;
  const webhooks =
    url === undefined
      ? markup`To receive changes as webhooks, start the emulator with <code>--webhooks</code> and the URL of your application.`
      : markup`Each change is sent to <code>${url}</code> as a webhook.`;
  return markup`<aside class="card" aria-labelledby="events">
    <h2 id="events">Latest events</h2>
    <p class="quiet">${webhooks}</p>
    <dl>${latest.map((delivery) => eventRow(delivery, page))}</dl>
  </aside>`;
}

function eventRow({ event, status, messageId, isSent }: Delivery, page: UsersPage): Html {
  const { event_type: type } = event;
  return markup`<div class="${messageId === page.view.changed ? 'changed' : ''}" id="${messageId}" tabindex="-1">
    <dt><strong>${type}</strong> ${badge(status, isSent ? 'good' : 'bad')}</dt>
    <dd>${copyableText(JSON.stringify(event), `event ${type}`)}
      ${actionForm(page, 'sendWebhookAgain', `event ${type}`, { message_id: messageId })}</dd>
  </div>`;
}
