import type { Core } from '../core.js';
import { markup, type Html } from '../pages/html.js';

/** What PropelAuth would have mailed, latest first. */
export function outboxPage({ project: { outbox }, issuer }: Core): Html {
  const cards = outbox.messages.map(
    ({ to, subject, path }) => markup`<section class="card">
      <h2>${subject}</h2>
      <p class="quiet">To ${to}</p>
      <a href="${path}">${issuer.authUrl}${path}</a>
    </section>`,
  );
  return markup`<div data-live>
    <p>The emulator sends no email. These are the latest messages that PropelAuth would send. A link works once.</p>
    ${cards.length === 0 ? markup`<p class="quiet">There are none yet.</p>` : cards}
  </div>`;
}
