import { Controller, Headers, Module, Post } from '@nestjs/common';
import {
  PropelAuthModule,
  PropelAuthWebhook,
  WebhookEvent,
  type PropelAuthEvent,
} from 'nestjs-propelauth';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import type { SignedWebhook } from 'propelauth-emulator';
import request from 'supertest';
import { Webhook } from 'svix';
import { beforeTests, startApplication } from '../support/application.js';

const deleted = { event_type: 'user.deleted', user_id: 'user-zoë' };
const ownSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

const issuer = await TestIssuer.create();

@Controller('webhooks')
class WebhooksController {
  @Post()
  @PropelAuthWebhook()
  receive(@WebhookEvent() event: PropelAuthEvent, @Headers('svix-id') id: string) {
    return { event, id };
  }
}

/** As the module of an application is, whose environment a test run does not have. */
@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env['NO_SUCH_VARIABLE']!,
      apiKey: process.env['NO_SUCH_VARIABLE']!,
      webhooks: { secret: process.env['NO_SUCH_VARIABLE']! },
    }),
  ],
  controllers: [WebhooksController],
})
class AppModule {}

function start(options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]>) {
  const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options });
  const metadata = { imports: [forRoot], controllers: [WebhooksController] };
  return startApplication(metadata, undefined, undefined, { rawBody: true });
}

async function deliver({ url }: { url: string }, { headers, body }: SignedWebhook) {
  const { status, body: received } = await request(url).post('/webhooks').set(headers).send(body);
  return { status, received: received as { event: object; id: string } };
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe('issuer.webhook()', () => {
  const application = beforeTests(() => start({}));

  it('is accepted by a route under @PropelAuthWebhook(), with the moduleOptions of the issuer', async () => {
    const webhook = issuer.webhook(deleted);
    const id = webhook.headers['svix-id'];
    expect(await deliver(application, webhook)).toEqual({
      status: 201,
      received: { event: deleted, id },
    });
  });

  it('can be sent by fetch()', async () => {
    const { headers, body } = issuer.webhook(deleted);
    const url = `${application.url}/webhooks`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(201);
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
      ids.push((await deliver(application, webhook)).received.id);
    }
    expect(ids.slice(2)).toEqual(['msg_1', 'msg_1']);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ['six minutes old', { sentAt: minutesAgo(6) }],
    ['dated six minutes ahead', { sentAt: minutesAgo(-6) }],
    ['signed with another secret', { secret: ownSecret }],
  ])('can be rejected: %s', async (_what, options) => {
    expect((await deliver(application, issuer.webhook(deleted, options))).status).toBe(400);
  });

  it('of another issuer is rejected', async () => {
    const stranger = await TestIssuer.create();
    expect((await deliver(application, stranger.webhook(deleted))).status).toBe(400);
  });

  it('is signed for an application with its own secret, if it is passed', async () => {
    const withOwnSecret = await start({ webhooks: { secret: ownSecret } });
    expect((await deliver(withOwnSecret, issuer.webhook(deleted))).status).toBe(400);
    const webhook = issuer.webhook(deleted, { secret: ownSecret });
    expect((await deliver(withOwnSecret, webhook)).status).toBe(201);
  });
});

describe('overridePropelAuth()', () => {
  it('replaces the secret, and keeps the path at which the application receives events', async () => {
    const webhooks = { secret: ownSecret, path: '/events' };
    const application = await startApplication(
      { imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks })] },
      undefined,
      (builder) => overridePropelAuth(builder, { issuer }),
    );
    const { headers, body } = issuer.webhook(deleted);
    await request(application.url).post('/events').set(headers).send(body).expect(204);
  });

  it.each<[string, typeof AppModule | ReturnType<typeof PropelAuthModule.forRoot>]>([
    ['without a secret', AppModule],
    [
      'with another secret',
      {
        module: class OtherModule {},
        imports: [
          PropelAuthModule.forRoot({ ...issuer.moduleOptions, webhooks: { secret: ownSecret } }),
        ],
        controllers: [WebhooksController],
      },
    ],
  ])('makes an application %s accept the webhooks of the issuer', async (_what, module) => {
    const application = await startApplication(
      { imports: [module] },
      undefined,
      (builder) => overridePropelAuth(builder, { issuer }),
      { rawBody: true },
    );
    expect((await deliver(application, issuer.webhook(deleted))).status).toBe(201);
    const webhook = issuer.webhook(deleted, { secret: ownSecret });
    expect((await deliver(application, webhook)).status).toBe(400);
  });
});
