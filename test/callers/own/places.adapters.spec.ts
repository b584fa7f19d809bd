import { Controller, Get } from '@nestjs/common';
import { Field, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import {
  CurrentCaller,
  jwtKind,
  RequireCaller,
  RequireUser,
  type CallerKind,
  type CredentialPlace,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { connect, graphqlModule, nextOf, send } from '../../support/graphql.js';
import { issuer, request, startGuarded } from '../../support/guarded-application.js';
import { alice } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { ShareLinks } from './kinds.js';
import { connectSocketIo } from '../../support/websockets.js';

const SECRET = createSecretKey(Buffer.alloc(32, 'secret'));
const TOKEN = await new SignJWT({ type: 'collab' })
  .setProtectedHeader({ alg: 'HS256' })
  .setIssuedAt()
  .setExpirationTime('1h')
  .sign(SECRET);

class Texts implements CallerKind {
  readonly credential: readonly CredentialPlace[];

  constructor(
    readonly name: string,
    place: CredentialPlace,
  ) {
    this.credential = [place];
  }

  identify(text: string) {
    return text === 'pat.secret' ? {} : undefined;
  }

  key(): undefined {}
}

const KINDS = [
  new Texts('header', { header: 'x-secret' }),
  new Texts('cookie', { cookie: 'secret' }),
  new Texts('query', { query: 'secret' }),
  new Texts('scheme', { scheme: 'ApiKey' }),
  new Texts('prefix', { scheme: 'Bearer', prefix: 'pat.' }),
  jwtKind({
    name: 'claims',
    claims: { iss: null, type: 'collab' },
    key: SECRET,
    algorithms: ['HS256'],
    identity: () => ({}),
  }),
];
const Accepted = () => RequireCaller(...KINDS.map(({ name }) => name));

@Controller()
class Route {
  @Get()
  @Accepted()
  who(@CurrentCaller('kind') kind: string) {
    return { kind };
  }
}

@ObjectType()
class Who {
  @Field()
  kind!: string;
}

@Resolver()
class Operations {
  @Query(() => String)
  @Accepted()
  who(@CurrentCaller('kind') kind: string) {
    return kind;
  }

  @Subscription(() => Who, { resolve: (who: Who) => who })
  @Accepted()
  async *whoLater(@CurrentCaller('kind') kind: string) {
    yield await Promise.resolve({ kind });
  }
}

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('who')
  @Accepted()
  who(@CurrentCaller('kind') kind: string) {
    return { event: 'kind', data: kind };
  }
}

const application = beforeTests(() =>
  startGuarded(
    { imports: [graphqlModule()], controllers: [Route], providers: [Operations] },
    { callerKinds: KINDS },
  ),
);
// socket.io and graphql-ws do not share a server.
const gateway = beforeTests(() => startGuarded({ providers: [Gateway] }, { callerKinds: KINDS }));

type Headers = Record<string, string>;

/** How a call is made over each transport, and the kind of the caller; `undefined` if nobody is let in. */
const TRANSPORTS: Record<string, (headers: Headers, query: string) => Promise<unknown>> = {
  async HTTP(headers, query) {
    const { body } = await request(application.url).get(`/${query}`).set(headers);
    return (body as { kind?: string }).kind;
  },
  async GraphQL(headers) {
    return (await send(application, '{ who }', headers)).data?.['who'];
  },
  async 'graphql-ws'(headers) {
    const client = connect(application, {}, headers);
    const { data } = await nextOf(client, 'subscription { whoLater { kind } }');
    return (data?.['whoLater'] as { kind: string } | undefined)?.kind;
  },
  async 'socket.io'(headers) {
    const { event, data } = await connectSocketIo(gateway, { extraHeaders: headers }).ask('who');
    return event === 'kind' ? data : undefined;
  },
};

describe('A credential in each place, over each transport', () => {
  const EVERYWHERE = Object.keys(TRANSPORTS);

  it.each<[kind: string, headers: Headers, query: string, transports: string[]]>([
    ['header', { 'x-secret': 'pat.secret' }, '', EVERYWHERE],
    ['cookie', { cookie: 'secret=pat.secret', 'sec-fetch-site': 'same-origin' }, '', EVERYWHERE],
    ['query', {}, '?secret=pat.secret', ['HTTP']],
    ['scheme', { authorization: 'ApiKey pat.secret' }, '', EVERYWHERE],
    ['prefix', { authorization: 'Bearer pat.secret' }, '', EVERYWHERE],
    ['claims', { authorization: `Bearer ${TOKEN}` }, '', EVERYWHERE],
  ])('%s', async (kind, headers, query, transports) => {
    const found = Object.entries(TRANSPORTS).map(async ([name, who]) => [
      name,
      await who(headers, query),
    ]);
    expect(Object.fromEntries(await Promise.all(found))).toEqual(
      Object.fromEntries(
        EVERYWHERE.map((name) => [name, transports.includes(name) ? kind : undefined]),
      ),
    );
  });
});

const albums = [
  routeUnder('albums', RequireCaller('user', 'share-link')),
  routeUnder('shared/:share', RequireCaller('share-link')),
  routeUnder('users', RequireUser()),
];

describe('A share link', () => {
  const links = beforeTests(() =>
    startGuarded({ controllers: albums }, { callerKinds: [new ShareLinks()], debugMode: true }),
  );
  const get = (path: string) => request(links.url).get(path);

  it.each([
    ['in the query', '/albums?share=open-sesame', 200],
    ['in the path', '/shared/open-sesame', 200],
    ['with a wrong text in the query', '/albums?share=guess', 401],
    ['with a wrong text in the path', '/shared/guess', 401],
    ['that is empty', '/albums?share=', 401],
    ['twice in the query', '/albums?share=open-sesame&share=open-sesame', 401],
    ['as a nested parameter', '/albums?share[a]=open-sesame', 401],
    ['in the query and another in the path', '/shared/open-sesame?share=open-sesame', 401],
    ['under a longer name', '/albums?shares=open-sesame', 401],
    ['for a handler that does not accept it', '/users?share=open-sesame', 401],
  ])('%s', async (_what, path, status) => {
    expect(await get(path)).toMatchObject({ status });
  });

  it('beside an access token is ambiguous', async () => {
    const token = await issuer.accessToken(alice);
    const { body } = await get('/albums?share=open-sesame').auth(token, { type: 'bearer' });
    expect(body).toMatchObject({ reason: 'credentials_ambiguous' });
  });
});
