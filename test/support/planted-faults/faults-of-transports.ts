import type { Type } from '@nestjs/common';
import { ACME, ACME_ID, alice, bob, carol, userIn, headersOf, type KnownUser } from '../project.js';
import { codesOf, graphqlModule, send } from '../graphql.js';
import { issuer, request } from '../guarded-application.js';
import { connectLate } from '../microservice.js';
import { connectSocketIo } from '../websockets.js';
import { tokenFromMessage } from '../../transports/microservices/guarded.messages.js';
import {
  CONSTRUCTED_RESOLVERS,
  PROVIDED_RESOLVERS,
  WrappedClass,
  wrappedTwice,
} from './graphql-faults.js';
import type { Fault, Outcome } from './http/fault.js';
import { HTTP_FAULTS } from './http/http-faults.js';
import { SECRET, type Mistake } from './mistakes/mistake.js';
import { CONSTRUCTED_MESSAGES, WRAPPED_MESSAGES } from './rpc-faults.js';
import { WEBSOCKET_FAULTS } from './websocket-faults.js';

/** What becomes of the application, and who says so. */
const OF_OUTCOME: Record<Outcome, Pick<Mistake, 'result' | 'notices'>> = {
  guarded: { result: 'guarded', notices: ['guarded', 'guarded', 'guarded'] },
  rejected: { result: 'all rejected', notices: ['–', 'finds', '–'] },
  'no start': { result: 'does not start', notices: ['fails', '–', '–'] },
  'no start, else guarded': { result: 'guarded', notices: ['fails', 'guarded', 'guarded'] },
};

/** Tokens that are scoped to one organization. */
const admin = { ...userIn('admin', { ...ACME, role: 'Admin' }), activeOrgId: ACME.orgId };
const member = { ...userIn('member', { ...ACME, role: 'Member' }), activeOrgId: ACME.orgId };

const requireUserByDefault = true;

/** The faults of the suites `planted-faults`, as mistakes, by what is done. */
export const FAULTS: Readonly<Record<string, readonly Mistake[]>> = {
  ...Object.fromEntries(
    Object.entries(HTTP_FAULTS).map(([family, faults]) => [family, faults.flatMap(httpFaults)]),
  ),
  'resolvers that a constructor, a decorator or a provider replaces': [
    ...CONSTRUCTED_RESOLVERS.map(([what, provider, outcome]) =>
      graphqlFault(what, [provider], outcome),
    ),
    graphqlFault('when a class decorator wraps its class', [WrappedClass], 'guarded'),
    graphqlFault('when both are wrapped', [wrappedTwice()], 'no start, else guarded'),
    ...PROVIDED_RESOLVERS.flatMap(([how, provider]) => [
      graphqlFault(how, [provider], 'no start'),
      {
        ...graphqlFault(`${how}, under requireUserByDefault`, [provider], 'guarded'),
        options: { requireUserByDefault },
      },
    ]),
  ],
  'gateways that a constructor, a decorator or a subclass replaces': WEBSOCKET_FAULTS.map(
    ([what, gateway, outcome]) => websocketFault(what, gateway, outcome),
  ),
  'message handlers that a constructor or a decorator replaces': [
    ...CONSTRUCTED_MESSAGES,
    ...WRAPPED_MESSAGES,
  ].map(([what, controller, outcome]) => messageFault(what, controller, outcome)),
};

/** The fault, and the same under `requireUserByDefault` where that makes a difference. */
function httpFaults([what, plant, outcome, byDefault = outcome]: Fault): Mistake[] {
  const fault: Mistake = {
    what,
    plant: () => ({ controllers: [plant()] }),
    handler: 'GET /list',
    intruder: carol,
    ask: async ({ url }, user) => {
      const { status } = await request(url, user).get('/list').query({ orgId: ACME_ID });
      return status === 200 ? SECRET : '';
    },
    ...OF_OUTCOME[outcome],
  };
  if (byDefault === outcome) return [fault];
  const other = { options: { requireUserByDefault }, ...OF_OUTCOME[byDefault] };
  return [fault, { ...fault, ...other, what: `${what}, under requireUserByDefault` }];
}

function graphqlFault(
  what: string,
  providers: NonNullable<ReturnType<Mistake['plant']>['providers']>,
  outcome: Outcome,
): Mistake {
  return {
    what: `a resolver, ${what}`,
    plant: () => ({ imports: [graphqlModule()], providers }),
    handler: 'Query.secret',
    meant: 'Admin and above of the org in token',
    user: admin,
    intruder: member,
    ask: async (application, user) => {
      const answer = await send(application, '{ secret }', await headersOf(issuer, user));
      return codesOf(answer).length === 0 ? SECRET : '';
    },
    ...OF_OUTCOME[outcome],
  };
}

function websocketFault(what: string, gateway: Type, outcome: Outcome): Mistake {
  return {
    what: `a gateway, when ${what}`,
    plant: () => ({ providers: [gateway] }),
    handler: 'event who',
    meant: 'user',
    user: alice,
    intruder: null,
    ask: async (application, user) => {
      const auth = user === null ? {} : { token: await issuer.accessToken(user) };
      const answer = await connectSocketIo(application, { auth }).ask('who', {});
      return answer.event === 'who' ? SECRET : '';
    },
    ...OF_OUTCOME[outcome],
  };
}

/** `toHold()` sends no messages. */
function messageFault(what: string, controller: Type, outcome: Outcome): Mistake {
  return {
    what: `a message handler, when ${what}`,
    plant: () => ({ controllers: [controller] }),
    options: { tokenSource: tokenFromMessage },
    handler: 'message list',
    meant: 'Admin and above of the org in message orgId',
    user: bob,
    intruder: carol,
    ask: async ({ app }, user) => {
      const accessToken = await issuer.accessToken(user as KnownUser);
      const client = await connectLate(app);
      const answer = await client.rejectionOf('list', { orgId: ACME_ID, accessToken });
      return 'answered' in (answer as object) ? SECRET : '';
    },
    ...OF_OUTCOME[outcome],
    ...(outcome === 'rejected' && { notices: ['–', '–', '–'] }),
  };
}
