import type { EventDelivery } from '../events/event-delivery.js';
import type { LocalEvents } from '../events/local-events.js';
import { copyableText } from './copy-buttons.js';
import { markup, type Html } from './html.js';

const MAX_EVENTS = 3;

/** What changes on the page do. */
export function changesInWords({ path }: LocalEvents): Html {
  const events =
    path === undefined
      ? markup`To receive them as events, set the option <code>webhooks</code> with a <code>path</code>.`
      : markup`Each is sent as an event to <code>${path}</code>.`;
  return markup`Changes last until the application restarts. ${events}`;
}

/** The events that were sent last, and what the application returned. */
export function latestEvents({ latest }: LocalEvents): Html | string {
  if (latest.length === 0) return '';
  return markup`<section class="card events">
    <h2>Latest events</h2>
    <dl>${latest.slice(0, MAX_EVENTS).map(eventRow)}</dl>
  </section>`;
}

function eventRow({ event, status }: EventDelivery): Html {
  const { event_type: type } = event;
  return markup`<div>
    <dt><strong>${type}</strong> <span class="badge">${status}</span></dt>
    <dd>${copyableText(JSON.stringify(event), `event ${type}`)}</dd>
  </div>`;
}
