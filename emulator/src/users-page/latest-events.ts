import { markup, type Html } from '../pages/html.js';
import type { Delivery } from '../webhooks/delivery.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import { copyableText } from './copy-buttons.js';

const MAX_EVENTS = 3;

/** What changes on the page do. */
export function changesInWords({ url }: Webhooks): Html {
  const webhooks =
    url === undefined
      ? markup`To receive them as webhooks, start it with <code>--webhooks</code> and the URL of your application.`
      : markup`Each is sent to <code>${url}</code> as a webhook.`;
  return markup`Changes last until the emulator starts from its seed again. ${webhooks}`;
}

/** The webhooks that were sent last, and what the application returned. */
export function latestEvents({ latest }: Webhooks): Html | string {
  if (latest.length === 0) return '';
  return markup`<section class="card events">
    <h2>Latest events</h2>
    <dl>${latest.slice(0, MAX_EVENTS).map(eventRow)}</dl>
  </section>`;
}

function eventRow({ event, status }: Delivery): Html {
  const { event_type: type } = event;
  return markup`<div>
    <dt><strong>${type}</strong> <span class="badge">${status}</span></dt>
    <dd>${copyableText(JSON.stringify(event), `event ${type}`)}</dd>
  </div>`;
}
