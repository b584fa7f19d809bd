/*
 * Sends an event to the sample app on this machine, signed as PropelAuth signs its own: `npm run sample:webhook`.
 */
import { randomUUID } from 'node:crypto';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { readConfiguration } from './configuration/read-configuration.js';
import { LOCAL_WEBHOOK_SECRET, WEBHOOK_PATH } from './local-webhooks.js';

const { origin } = readConfiguration({ PORT: process.env.PORT }, ['--local-issuer']);
const issuer = await TestIssuer.create();
const event = { event_type: 'user.created', user_id: randomUUID() };
const webhook = issuer.webhook(event, { secret: LOCAL_WEBHOOK_SECRET });

const response = await fetch(origin + WEBHOOK_PATH, { method: 'POST', ...webhook });
console.log(response.status, await response.text());
