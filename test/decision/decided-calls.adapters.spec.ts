import type { INestApplication } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { OptionalUser, PropelAuthModule, type AccessDecisionEvent } from 'nestjs-propelauth';
import request from 'supertest';
import { graphqlModule } from '../support/graphql.js';
import { issuer } from '../support/guarded-application.js';
import { routeUnder } from '../support/routes.js';

@Resolver()
class ReportsResolver {
  @Query(() => String, { nullable: true })
  @OptionalUser()
  reports() {}
}

const events: AccessDecisionEvent[] = [];
const onDecision = (event: AccessDecisionEvent) => void events.push(event);
const isFastify = globalThis.HTTP_ADAPTER === 'fastify';

/** An application that trusts one proxy, and takes the ids of its requests from the proxy's header; or does neither. */
async function start(trustsProxy: boolean): Promise<INestApplication> {
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, onDecision }), graphqlModule()],
    controllers: [routeUnder('reports', OptionalUser())],
    providers: [ReportsResolver],
  }).compile();
  const adapter = isFastify
    ? new FastifyAdapter({
        trustProxy: trustsProxy && ['127.0.0.1'],
        requestIdHeader: trustsProxy && 'x-request-id',
      })
    : new ExpressAdapter();
  const app = moduleRef.createNestApplication<NestExpressApplication>(adapter, { logger: false });
  if (trustsProxy && !isFastify) {
    app.set('trust proxy', 1);
    app.use((incoming: Record<string, unknown>, _response: unknown, next: () => void) => {
      incoming['id'] = (incoming as { headers: Record<string, string> }).headers['x-request-id'];
      next();
    });
  }
  await app.listen(0, '127.0.0.1');
  return app;
}

let trusting: INestApplication;
let distrusting: INestApplication;

beforeAll(async () => {
  [trusting, distrusting] = [await start(true), await start(false)];
});
afterAll(() => Promise.all([trusting.close(), distrusting.close()]));

/** The event of a request with these headers. */
async function eventOf(headers: Record<string, string>, app = trusting, isQuery = false) {
  events.length = 0;
  const to = request(await app.getUrl());
  const sent = isQuery ? to.post('/graphql').send({ query: '{ reports }' }) : to.get('/reports');
  await sent.set(headers).expect(200);
  expect(events).toHaveLength(1);
  return events[0]!;
}

const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
const traceparent = `00-${traceId}-${spanId}-01`;

describe('A decision has', () => {
  it.each([
    ['over HTTP', false],
    ['over GraphQL', true],
  ])(
    'the address that a trusted proxy forwards, the id of the request and the trace that it names, %s',
    async (_where, isQuery) => {
      const headers = {
        'x-forwarded-for': '192.0.2.1',
        'x-request-id': 'r'.repeat(128),
        traceparent,
      };
      expect(await eventOf(headers, trusting, isQuery)).toMatchObject({
        address: '192.0.2.1',
        requestId: 'r'.repeat(128),
        trace: { traceId, spanId },
      });
    },
  );

  it('the address of the socket and no id of a header, whatever a client sends, if no proxy is trusted', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-request-id': 'chosen' };
    const { address, requestId } = await eventOf(headers, distrusting);
    expect([address, requestId]).toEqual(['127.0.0.1', isFastify ? 'req-1' : undefined]);
  });

  it.each([
    ['without the port that a proxy adds', '192.0.2.1:50000', '192.0.2.1'],
    ['without the zone of an IPv6 address', `fe80::1%${'z'.repeat(2000)}`, 'fe80::1'],
    ['and none if it is no IP address', 'a'.repeat(2000), undefined],
  ])('its address %s', async (_what, forwarded, expected) => {
    const { address } = await eventOf({ 'x-forwarded-for': forwarded });
    expect(address).toBe(expected);
  });

  it.each([
    ['longer than 128 characters', 'r'.repeat(129)],
    ['with other than visible ASCII characters', 'request 1'],
  ])('no id of a request %s', async (_what, id) => {
    expect(await eventOf({ 'x-request-id': id })).not.toHaveProperty('requestId');
  });

  it.each([
    ['an empty header', ''],
    ['two headers in one', `${traceparent}, ${traceparent}`],
    ['an unknown version', traceparent.replace('00-', '01-')],
    ['a trace id of zeros', traceparent.replace(traceId, '0'.repeat(32))],
    ['a span id of zeros', traceparent.replace(spanId, '0'.repeat(16))],
    ['capital letters', traceparent.toUpperCase()],
    ['more than a header has', `${traceparent}-${'0'.repeat(2000)}`],
  ])('no trace for %s', async (_what, header) => {
    expect(await eventOf({ traceparent: header })).not.toHaveProperty('trace');
  });
});
