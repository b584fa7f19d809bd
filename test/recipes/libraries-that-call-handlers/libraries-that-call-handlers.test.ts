// The overrides in package.json replace RabbitMQ: `amqplib` is `@onify/fake-amqplib` there. golevelup's code is the real one.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { afterEach, before, describe, it } from 'node:test';
import {
  AmqpConnection,
  MessageHandlerErrorBehavior,
  RabbitMQModule,
  RabbitSubscribe,
} from '@golevelup/nestjs-rabbitmq';
import { StripeModule, StripeWebhookHandler } from '@golevelup/nestjs-stripe';
import { Injectable, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type AccessDecisionEvent, PropelAuthModule } from 'nestjs-propelauth';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { Stripe } from 'stripe';
import { STRIPE_WEBHOOK_SECRET } from './environment.js';
import { InvoicesService } from './invoices.service.js';
import { OrdersConsumer } from './orders.consumer.js';
import { OrdersService } from './orders.service.js';
import { PaymentsConsumer } from './payments.consumer.js';
import { propelAuthModule } from './propel-auth.js';
import { stripeModule } from './stripe.js';

let issuer: TestIssuer;
before(async () => (issuer = await TestIssuer.create()));

const decisions = new EventEmitter<{ decision: [AccessDecisionEvent] }>();
let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  decisions.removeAllListeners();
});

const byDefault = () =>
  PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    requireUserByDefault: true,
    onDecision: (decision) => decisions.emit('decision', decision),
  });

async function start(imports: DynamicModule[], consumer: Type): Promise<INestApplication> {
  const providers = [consumer, OrdersService, InvoicesService];
  const builder = overridePropelAuth(Test.createTestingModule({ imports, providers }), { issuer });
  const moduleRef = await builder.compile();
  moduleRef.useLogger(false);
  app = moduleRef.createNestApplication({ rawBody: true });
  return app.init();
}

const rabbit = () =>
  RabbitMQModule.forRoot({
    uri: 'amqp://localhost',
    exchanges: [{ name: 'orders', type: 'topic' }],
    enableDirectReplyTo: false, // the replacement of RabbitMQ has none
    logger: { error() {}, log() {}, warn() {}, debug() {} },
  });

/** The replacement of RabbitMQ takes a message that a consumer rejects at once for one that could not be published. */
const publish = (running: INestApplication, id: string, headers?: object) =>
  running
    .get(AmqpConnection)
    .publish('orders', 'order.placed', { id }, { headers })
    .catch((error: Error) => assert.equal(error.message, 'message nacked'));

describe('A handler of RabbitMQ', () => {
  @Injectable()
  class UndecoratedConsumer {
    constructor(private readonly orders: OrdersService) {}

    @RabbitSubscribe({
      exchange: 'orders',
      routingKey: 'order.placed',
      queue: 'undecorated',
      errorBehavior: MessageHandlerErrorBehavior.NACK,
    })
    onOrder(order: { id: string }) {
      this.orders.place(order.id, 'nobody');
    }
  }

  it('gets the user of the token in the headers of the message', async () => {
    const running = await start([byDefault(), rabbit()], OrdersConsumer);
    const placed = once(running.get(OrdersService), 'placed');
    const alice = { email: 'alice@example.com' };
    await publish(running, '1', { accessToken: await issuer.accessToken(alice) });
    assert.deepEqual(await placed, ['1', issuer.user(alice).userId]);
  });

  it('is not called without a valid token, and the message is not redelivered', async () => {
    const running = await start([byDefault(), rabbit()], OrdersConsumer);
    const placed = once(running.get(OrdersService), 'placed');
    const expired = await issuer.accessToken({}, { expiresInSeconds: -120 });
    const rejected: [reason: string, headers?: object][] = [
      ['token_expired', { accessToken: expired }],
      ['token_malformed', { accessToken: 'junk' }],
      ['token_missing', { authorization: 'Bearer junk' }],
      ['token_missing'],
    ];
    for (const [reason, headers] of rejected) {
      const decided = once(decisions, 'decision');
      await publish(running, 'bad', headers);
      assert.deepEqual((await decided)[0].reason, reason);
    }
    let others = 0;
    decisions.on('decision', ({ allowed }) => (others += allowed ? 0 : 1));
    await publish(running, 'good', { accessToken: await issuer.accessToken({}) });
    assert.deepEqual([(await placed)[0], others], ['good', 0]);
  });

  it('without a decorator is rejected, with an error that names it', async () => {
    const running = await start([byDefault(), rabbit()], UndecoratedConsumer);
    const decided = once(decisions, 'decision');
    await publish(running, '1');
    const [{ allowed, cause }] = await decided;
    assert.equal(allowed, false);
    assert.match(String(cause), /UndecoratedConsumer.*onOrder.*"rmq"/);
  });

  it('without a decorator is called under ignoreContextTypes', async () => {
    const running = await start([propelAuthModule, rabbit()], UndecoratedConsumer);
    const placed = once(running.get(OrdersService), 'placed');
    await publish(running, '1');
    assert.deepEqual(await placed, ['1', 'nobody']);
  });

  it('with a decorator still requires a token under ignoreContextTypes', async () => {
    const running = await start([propelAuthModule, rabbit()], OrdersConsumer);
    const placed = once(running.get(OrdersService), 'placed');
    await publish(running, 'bad');
    await publish(running, 'good', { accessToken: await issuer.accessToken({}) });
    assert.equal((await placed)[0], 'good');
  });
});

describe('A webhook of Stripe', () => {
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'invoice.paid',
    livemode: true,
    data: { object: { id: 'in_1' } },
  });

  function send(running: INestApplication, secret = STRIPE_WEBHOOK_SECRET) {
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    return request(running.getHttpServer())
      .post('/stripe/webhook')
      .set('stripe-signature', signature)
      .type('json')
      .send(payload);
  }

  @Injectable()
  class UndecoratedConsumer {
    constructor(private readonly invoices: InvoicesService) {}

    @StripeWebhookHandler('invoice.paid')
    onPaid() {
      this.invoices.markAsPaid('undecorated');
    }
  }

  // First: the library decorates its controller, which all applications of this process share.
  it('requires a user while its endpoint is not public', async () => {
    const stripeSecrets = { account: STRIPE_WEBHOOK_SECRET };
    const webhookConfig = { stripeSecrets, requestBodyProperty: 'rawBody' };
    const stripe = StripeModule.forRoot({ apiKey: 'sk_test_1', webhookConfig });
    for (const module of [byDefault(), propelAuthModule]) {
      const running = await start([module, stripe], PaymentsConsumer);
      await send(running).expect(401);
      assert.deepEqual(running.get(InvoicesService).paid, []);
      await running.close();
    }
  });

  it('reaches its handler if it is signed', async () => {
    const running = await start([byDefault(), stripeModule], PaymentsConsumer);
    await send(running).expect(201);
    assert.deepEqual(running.get(InvoicesService).paid, ['in_1']);
  });

  it('does not reach its handler with another signature, or with none', async () => {
    const running = await start([byDefault(), stripeModule], PaymentsConsumer);
    await send(running, 'whsec_of_others').expect(500); // what the library answers
    await request(running.getHttpServer())
      .post('/stripe/webhook')
      .type('json')
      .send(payload)
      .expect(500);
    assert.deepEqual(running.get(InvoicesService).paid, []);
  });

  it('does not reach a handler without a decorator', async () => {
    const running = await start([byDefault(), stripeModule], UndecoratedConsumer);
    const causes: unknown[] = [];
    decisions.on('decision', ({ cause }) => causes.push(cause));
    await send(running).expect(500);
    assert.deepEqual(running.get(InvoicesService).paid, []);
    assert.match(String(causes.at(-1)), /onPaid.*"stripe_webhook"/);
  });

  it('reaches a handler without a decorator under ignoreContextTypes', async () => {
    const running = await start([propelAuthModule, stripeModule], UndecoratedConsumer);
    await send(running).expect(201);
    assert.deepEqual(running.get(InvoicesService).paid, ['undecorated']);
  });
});
