import { randomUUID } from 'node:crypto';
import { liveAccess } from '../../dist/live-access/index.js';
import { createProtection as createPlainProtection } from './nestjs-propelauth.mjs';

const MARKS = 10_000;
const AN_HOUR = 3_600_000;

/** Another source of changes than events, which has none. To begin to follow it is a start, too. */
const NO_CHANGES = {
  publish: async () => {},
  follow({ onGap }) {
    const endThePast = beginAnHourAgo();
    onGap();
    endThePast();
    return { close: async () => {} };
  },
};

/**
 * This package with `liveAccess()`, where the access of 10,000 users has changed, and none of them calls. The application is told that it
 * started an hour ago: after a start, PropelAuth is asked about the tokens that are older.
 */
export function createProtection(verification) {
  const endThePast = beginAnHourAgo();
  const protection = createPlainProtection(verification, {
    // Without a path, so that there is no other route than in the other rows.
    webhooks: { secret: `whsec_${Buffer.alloc(24).toString('base64')}` },
    plugins: [liveAccess({ changes: NO_CHANGES })],
  });
  return {
    ...protection,
    prepare(app) {
      endThePast();
      markUsers(findLiveAccess(app));
    },
  };
}

/** @returns a function that has the clock go right again */
function beginAnHourAgo() {
  const { now } = Date;
  Date.now = () => now() - AN_HOUR;
  return () => (Date.now = now);
}

function markUsers(live) {
  for (let number = 0; number < MARKS; number++) {
    const user_id = `90000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    live.apply(
      randomUUID(),
      { event_type: 'user.role_changed_within_org', user_id },
      Date.now() / 1_000,
    );
  }
}

/** What the webhook's events are passed on to. It is not public, so it is found by what it does, wherever in `dist/` its class is. */
function findLiveAccess(app) {
  for (const { providers } of app.container.getModules().values()) {
    for (const { instance } of providers.values()) {
      if (typeof instance?.apply === 'function' && typeof instance.userOf === 'function') {
        return instance;
      }
    }
  }
  throw new Error('No provider of the package has the methods apply() and userOf()');
}
