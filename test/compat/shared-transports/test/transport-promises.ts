// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual, rejects } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Public } from 'nestjs-propelauth';
import { ReportsResolver } from '../src/reports.resolver.js';
import { cls, graphql, propelAuth } from '../src/transports.module.js';
import { start } from './applications.js';
import {
  askByTcp,
  askGraphql,
  bearer,
  connectNative,
  connectSocketIo,
  type Connect,
} from './clients.js';
import { accessToken, forgedToken, ORG_ID } from './issuer.js';
import { transportHoldPromises } from './transport-hold-promises.js';

type Promises = Record<string, (app: INestApplication) => Promise<void>>;

const OTHER_ORG_ID = '0ac3e000-0000-4000-8000-000000000001';
const UNAUTHORIZED = {
  status: 'error',
  message: 'Unauthorized',
  statusCode: 401,
  code: 'token_missing',
};
const FORBIDDEN = {
  status: 'error',
  message: 'Forbidden',
  statusCode: 403,
  code: 'org_access_denied',
};

/** What gateways keep, by name, over socket.io and over `ws`. */
function gatewayPromises(connect: Connect): Promises {
  return {
    'responds to messages of a user, whom services can read as well': async (app) => {
      const client = await connect(app, bearer(accessToken('Admin')));
      deepEqual(await client.ask('me', {}), { event: 'me', data: 'alice' });
      deepEqual(await client.ask('reports', { orgId: ORG_ID }), {
        event: 'reports',
        data: 'Acme Inc',
      });
      client.close();
    },
    'sends an unauthenticated client one exception event per rejected message': async (app) => {
      const client = await connect(app, {});
      for (const data of [{ number: 1 }, { number: 2 }]) {
        deepEqual(await client.ask('me', data), exception(UNAUTHORIZED, 'me'));
      }
      client.close();
    },
    'sends a user one exception event per message that the rules reject': async (app) => {
      const client = await connect(app, bearer(accessToken('Member')));
      for (const data of [{ orgId: ORG_ID }, { orgId: OTHER_ORG_ID }]) {
        deepEqual(await client.ask('reports', data), exception(FORBIDDEN, 'reports'));
      }
      deepEqual(await client.ask('me', {}), { event: 'me', data: 'alice' });
      client.close();
    },
    'disconnects a client with a forged token, with an exception event': async (app) => {
      const client = await connect(app, bearer(forgedToken()));
      deepEqual(await client.next(), {
        event: 'exception',
        data: { ...UNAUTHORIZED, code: 'token_invalid' },
      });
      await client.closed;
    },
  };
}

function exception(rejection: object, pattern: string) {
  return { event: 'exception', data: { ...rejection, cause: { pattern } } };
}

const graphqlPromises: Promises = {
  'resolves queries and fields for a user, whom services can read as well': async (app) => {
    deepEqual(await askGraphql(app, '{ me report { id reader } }', bearer(accessToken())), {
      data: { me: 'alice', report: { id: 'first', reader: 'alice' } },
      errors: [],
    });
  },
  'rejects an unauthenticated request with the code UNAUTHENTICATED': async (app) => {
    deepEqual(await askGraphql(app, '{ me }'), {
      data: undefined,
      errors: [[['me'], 'UNAUTHENTICATED']],
    });
  },
  'rejects only the guarded field of a public query for an unauthenticated request': async (
    app,
  ) => {
    deepEqual(await askGraphql(app, '{ report { id reader } }'), {
      data: { report: { id: 'first', reader: null } },
      errors: [[['report', 'reader'], 'UNAUTHENTICATED']],
    });
  },
  'decides about an operation below a public field as about any other': async (app) => {
    deepEqual(await askGraphql(app, '{ report { query { me } } }', bearer(accessToken())), {
      data: { report: { query: { me: 'alice' } } },
      errors: [],
    });
    deepEqual((await askGraphql(app, '{ report { query { me } } }')).errors, [
      [['report', 'query', 'me'], 'UNAUTHENTICATED'],
    ]);
  },
  'decides each alias of a mutation separately, and rejects with the code FORBIDDEN': async (
    app,
  ) => {
    const query = `mutation {
      own: renameReports(orgId: "${ORG_ID}")
      other: renameReports(orgId: "${OTHER_ORG_ID}")
    }`;
    deepEqual(await askGraphql(app, query, bearer(accessToken('Admin'))), {
      data: { own: 'Acme Inc', other: null },
      errors: [[['other'], 'FORBIDDEN']],
    });
    deepEqual((await askGraphql(app, query, bearer(accessToken('Member')))).errors, [
      [['own'], 'FORBIDDEN'],
      [['other'], 'FORBIDDEN'],
    ]);
  },
};

const UNAUTHENTICATED = {
  status: 'error',
  code: 'UNAUTHENTICATED',
  message: 'Unauthorized',
  errorCode: 'token_missing',
};
const FORBIDDEN_MESSAGE = {
  status: 'error',
  code: 'FORBIDDEN',
  message: 'Forbidden',
  errorCode: 'org_access_denied',
};

const messagePromises: Promises = {
  'responds to messages over TCP with the token from tokenSource': async (app) => {
    const message = { accessToken: accessToken('Admin'), orgId: ORG_ID };
    deepEqual(await askByTcp(app, 'me', message), { answer: 'alice' });
    deepEqual(await askByTcp(app, 'reports', message), { answer: 'Acme Inc' });
  },
  'rejects messages over TCP with an RpcException': async (app) => {
    deepEqual(await askByTcp(app, 'me', {}), { rejection: UNAUTHENTICATED });
    deepEqual(await askByTcp(app, 'me', { accessToken: forgedToken() }), {
      rejection: { ...UNAUTHENTICATED, errorCode: 'token_invalid' },
    });
    const message = { accessToken: accessToken('Member'), orgId: ORG_ID };
    deepEqual(await askByTcp(app, 'reports', message), { rejection: FORBIDDEN_MESSAGE });
  },
};

/** What the application keeps that listens by socket.io. */
export const socketIoPromises: Promises = {
  ...gatewayPromises(connectSocketIo),
  'reads the token from the handshake of socket.io': async (app) => {
    const client = await connectSocketIo(app, {}, { token: accessToken() });
    deepEqual(await client.ask('me', {}), { event: 'me', data: 'alice' });
    client.close();
  },
  ...graphqlPromises,
  ...messagePromises,
};

/** What the application keeps that listens by `ws`. */
export const nativePromises = gatewayPromises(connectNative);

@WebSocketGateway()
class UndecoratedGateway {
  @SubscribeMessage('anything')
  answer() {
    return { event: 'anything', data: 'for anybody' };
  }
}

@WebSocketGateway()
@Public()
class PublicGateway extends UndecoratedGateway {}

/** Starts an application with a gateway under no rule. */
export function startUndecorated(): Promise<INestApplication> {
  return start({ imports: [propelAuth], providers: [UndecoratedGateway] });
}

/** Expects that a gateway without a rule is rejected to strangers. */
export async function expectGuarded(app: INestApplication): Promise<void> {
  const client = await connectSocketIo(app, {});
  deepEqual(await client.ask('anything', {}), exception(UNAUTHORIZED, 'anything'));
  client.close();
}

/** What holds while an application starts. */
export const startPromises: Record<string, () => Promise<void>> = {
  ...transportHoldPromises,
  'starts with a public gateway': async () => {
    const app = await start({ imports: [propelAuth], providers: [PublicGateway] });
    const client = await connectSocketIo(app, {});
    deepEqual(await client.ask('anything', {}), { event: 'anything', data: 'for anybody' });
    client.close();
    await app.close();
  },
  'fails to start with guarded fields for which Nest calls no guard': async () => {
    await rejects(
      start({ imports: [propelAuth, cls, graphql({})], providers: [ReportsResolver] }),
      /ReportsResolver\.reader[^]*fieldResolverEnhancers/,
    );
  },
};
