/*
 * Sends an event to the sample app on this machine, signed as PropelAuth signs its own: `npm run sample:webhook`.
 */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'svix';
import { readConfiguration } from './configuration/read-configuration.js';
import { LOCAL_WEBHOOK_SECRET, WEBHOOK_PATH } from './local-webhooks.js';

const { origin } = readConfiguration({ PORT: process.env.PORT }, ['--local-issuer']);
const payload = JSON.stringify({ event_type: 'user.created', user_id: randomUUID() });
const id = `msg_${randomUUID()}`;
const now = new Date();

const response = await fetch(origin + WEBHOOK_PATH, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'svix-id': id,
    'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
    'svix-signature': new Webhook(LOCAL_WEBHOOK_SECRET).sign(id, now, payload),
  },
  body: payload,
});
console.log(response.status, await response.text());
