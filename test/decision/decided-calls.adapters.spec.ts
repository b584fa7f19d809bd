import { Controller, Get } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { OptionalUser, PropelAuthModule, type AccessDecisionEvent } from 'nestjs-propelauth';
import request from 'supertest';
import { registerCleanup } from '../support/clean-up.js';
import { graphqlModule } from '../support/graphql.js';
import { issuer } from '../support/guarded-application.js';

@Controller()
class ReportsController {
  @Get('reports')
  @OptionalUser()
  list() {}
}

@Resolver()
class ReportsResolver {
  @Query(() => String, { nullable: true })
  @OptionalUser()
  reports() {}
}

interface Settings {
  /** Whether the application trusts one proxy, and takes the ids of its requests from the proxy's header. */
  readonly trustsProxy: boolean;
}

type Send = (url: string) => request.Test;

const sendGet: Send = (url) => request(url).get('/reports');
const sendQuery: Send = (url) => request(url).post('/graphql').send({ query: '{ reports }' });

function adapterFor({ trustsProxy }: Settings): AbstractHttpAdapter {
  return globalThis.HTTP_ADAPTER === 'fastify'
    ? new FastifyAdapter({
        trustProxy: trustsProxy && ['127.0.0.1'],
        requestIdHeader: trustsProxy && 'x-request-id',
      })
    : new ExpressAdapter();
}

/** The event of a request with these headers. */
async function eventOf(headers: Record<string, string>, send = sendGet, settings?: Settings) {
  const { trustsProxy } = settings ?? { trustsProxy: true };
  const events: AccessDecisionEvent[] = [];
  const onDecision = (event: AccessDecisionEvent) => void events.push(event);
  const moduleRef = await Test.createTestingModule({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, onDecision }), graphqlModule()],
    controllers: [ReportsController],
    providers: [ReportsResolver],
  }).compile();
  const app = moduleRef.createNestApplication<NestExpressApplication>(adapterFor({ trustsProxy }), {
    logger: false,
  });
  registerCleanup(() => app.close());
  if (trustsProxy && globalThis.HTTP_ADAPTER !== 'fastify') {
    app.set('trust proxy', 1);
    app.use((incoming: Record<string, unknown>, _response: unknown, next: () => void) => {
      incoming['id'] = (incoming as { headers: Record<string, string> }).headers['x-request-id'];
      next();
    });
  }
  await app.listen(0, '127.0.0.1');
  await send(await app.getUrl())
    .set(headers)
    .expect(200);
  expect(events).toHaveLength(1);
  return events[0]!;
}

describe('The address of a decision is', () => {
  it.each([
    ['over HTTP', sendGet],
    ['over GraphQL', sendQuery],
  ])('the one that a trusted proxy forwards, %s', async (_where, send) => {
    const { address } = await eventOf({ 'x-forwarded-for': '192.0.2.1' }, send);
    expect(address).toBe('192.0.2.1');
  });

  it('that of the socket, whatever a client forwards, if no proxy is trusted', async () => {
    const settings = { trustsProxy: false };
    const { address } = await eventOf({ 'x-forwarded-for': '192.0.2.1' }, sendGet, settings);
    expect(address).toBe('127.0.0.1');
  });

  it.each([
    ['without the port that a proxy adds', '192.0.2.1:50000', '192.0.2.1'],
    ['without the zone of an IPv6 address', `fe80::1%${'z'.repeat(2000)}`, 'fe80::1'],
    ['absent if it is no IP address', 'a'.repeat(2000), undefined],
  ])('%s', async (_what, forwarded, expected) => {
    const { address } = await eventOf({ 'x-forwarded-for': forwarded });
    expect(address).toBe(expected);
  });
});

describe('The request id of a decision is', () => {
  it.each([
    ['over HTTP', sendGet],
    ['over GraphQL', sendQuery],
  ])('the id that the application has given the request, %s', async (_where, send) => {
    const { requestId } = await eventOf({ 'x-request-id': 'r'.repeat(128) }, send);
    expect(requestId).toBe('r'.repeat(128));
  });

  it('never what a header says, if the application does not read it', async () => {
    const settings = { trustsProxy: false };
    const { requestId } = await eventOf({ 'x-request-id': 'chosen' }, sendGet, settings);
    expect(requestId).toBe(globalThis.HTTP_ADAPTER === 'fastify' ? 'req-1' : undefined);
  });

  it.each([
    ['longer than 128 characters', 'r'.repeat(129)],
    ['with other than visible ASCII characters', 'request 1'],
  ])('absent for an id %s', async (_what, id) => {
    expect(await eventOf({ 'x-request-id': id })).not.toHaveProperty('requestId');
  });
});

describe('The trace of a decision is', () => {
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const header = `00-${traceId}-${spanId}-01`;

  it.each([
    ['over HTTP', sendGet],
    ['over GraphQL', sendQuery],
  ])('the one of a valid traceparent header, %s', async (_where, send) => {
    const { trace } = await eventOf({ traceparent: header }, send);
    expect(trace).toEqual({ traceId, spanId });
  });

  it.each([
    ['an empty header', ''],
    ['two headers in one', `${header}, ${header}`],
    ['an unknown version', header.replace('00-', '01-')],
    ['a trace id of zeros', header.replace(traceId, '0'.repeat(32))],
    ['a span id of zeros', header.replace(spanId, '0'.repeat(16))],
    ['capital letters', header.toUpperCase()],
    ['more than a header has', `${header}-${'0'.repeat(2000)}`],
  ])('absent for %s', async (_what, traceparent) => {
    expect(await eventOf({ traceparent })).not.toHaveProperty('trace');
  });
});
