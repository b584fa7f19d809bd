import { Module } from '@nestjs/common';
import { PropelAuthModule, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import type { SignedWebhook } from 'propelauth-emulator';
import request from 'supertest';
import { Webhook } from 'svix';
import { beforeTests, startApplication } from '../support/application.js';
import { EventRecorder, received } from '../support/event-recorder.js';

const deleted = { event_type: 'user.deleted', user_id: 'user-zoë' };
const ownSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

const issuer = await TestIssuer.create();
const path = '/webhooks';

beforeEach(() => void received.splice(0));

/** As the module of an application is, whose environment a test run does not have. */
@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env['NO_SUCH_VARIABLE']!,
      apiKey: process.env['NO_SUCH_VARIABLE']!,
      webhooks: { secret: process.env['NO_SUCH_VARIABLE']!, path },
    }),
  ],
  providers: [EventRecorder],
})
class AppModule {}

function start(webhooks: PropelAuthModuleOptions['webhooks']) {
  const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks });
  return startApplication({ imports: [forRoot], providers: [EventRecorder] });
}

async function statusOf({ url }: { url: string }, { headers, body }: SignedWebhook) {
  return (await request(url).post(path).set(headers).send(body)).status;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('issuer.webhook()', () => {
  const application = beforeTests(() => start({ secret: issuer.webhookSecret, path }));

  it('is accepted by an application with the webhookSecret of the issuer', async () => {
    expect(await statusOf(application, issuer.webhook(deleted))).toBe(204);
    expect(received).toEqual([deleted]);
  });

  it('can be sent by fetch()', async () => {
    const { headers, body } = issuer.webhook(deleted);
    const url = application.url + path;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204);
  });

  it('is verified by Svix', async () => {
    const { headers, body } = issuer.webhook(deleted);
    const svix = new Webhook(issuer.webhookSecret);
    expect(() => svix.verify(body, headers)).not.toThrow();
    expect(() => svix.verify(`${body} `, headers)).toThrow('signature');
    expect(JSON.parse(body)).toEqual(deleted);
  });

  it('has a new id for each message, and the same id if it is sent again', async () => {
    const ids = [];
    for (const messageId of [undefined, undefined, 'msg_1', 'msg_1']) {
      const webhook = issuer.webhook(deleted, { messageId, sentAt: minutesAgo(1) });
      expect(await statusOf(application, webhook)).toBe(204);
      ids.push(webhook.headers['svix-id']);
    }
    expect(ids.slice(2)).toEqual(['msg_1', 'msg_1']);
    expect(new Set(ids).size).toBe(3);
    expect(received).toHaveLength(3);
  });

  it.each([
    ['six minutes old', { sentAt: minutesAgo(6) }],
    ['dated six minutes ahead', { sentAt: minutesAgo(-6) }],
    ['signed with another secret', { secret: ownSecret }],
  ])('can be rejected: %s', async (_what, options) => {
    expect(await statusOf(application, issuer.webhook(deleted, options))).toBe(400);
  });

  it('of another issuer is rejected', async () => {
    const stranger = await TestIssuer.create();
    expect(await statusOf(application, stranger.webhook(deleted))).toBe(400);
  });

  it('is signed for an application with its own secret, if it is passed', async () => {
    const withOwnSecret = await start({ secret: ownSecret, path });
    expect(await statusOf(withOwnSecret, issuer.webhook(deleted))).toBe(400);
    const webhook = issuer.webhook(deleted, { secret: ownSecret });
    expect(await statusOf(withOwnSecret, webhook)).toBe(204);
  });
});

const withOtherSecret = {
  module: class OtherModule {},
  imports: [
    PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks: { secret: ownSecret, path } }),
  ],
  providers: [EventRecorder],
};

describe('overridePropelAuth()', () => {
  it.each([
    ['without a secret', AppModule],
    ['with another secret', withOtherSecret],
  ])(
    'makes an application %s accept the webhooks of the issuer, at its path',
    async (_what, module) => {
      const application = await startApplication({ imports: [module] }, undefined, (builder) =>
        overridePropelAuth(builder, { issuer }),
      );
      expect(await statusOf(application, issuer.webhook(deleted))).toBe(204);
      const webhook = issuer.webhook(deleted, { secret: ownSecret });
      expect(await statusOf(application, webhook)).toBe(400);
    },
  );
});
