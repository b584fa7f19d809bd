/* An application for hostile-headers.mjs, in a process of its own: Apollo on Express, Mercurius on Fastify, or a gateway. */
import { Issuer } from '../tokens/issuer.mjs';
import { Module, NestFactory } from '../under-test/nest.mjs';
import { importFile, importPackage } from '../under-test/root.mjs';

const [server] = process.argv.slice(2);
const { PropelAuthModule, PropelAuthService, RequireUser, RequireUserOrApiKey, tokenFromCookie } =
  await importFile('dist/index.js');
const issuer = new Issuer();
const { verification } = issuer;
const [token] = await issuer.accessTokens(1);
const inCookie = tokenFromCookie('session');

const propelAuth = PropelAuthModule.forRoot({
  authUrl: verification.issuer,
  apiKey: 'not-used-in-the-benchmark',
  manualTokenVerificationMetadata: verification,
  onDecision: () => {},
  ...(['ws', 'socket.io'].includes(server) && { tokenSource: inCookie }),
});

async function graphql() {
  const isFastify = server === 'mercurius';
  const { GraphQLModule, Query, Resolver } = await importPackage('@nestjs/graphql');
  const { ApolloDriver } = await importPackage('@nestjs/apollo');
  const { MercuriusDriver } = await importPackage('@nestjs/mercurius');
  // One letter each: Express accepts bodies of 100 kB.
  const rules = {
    s: RequireUser({ tokenSource: inCookie }),
    u: RequireUser(),
    e: RequireUserOrApiKey(),
  };
  class FieldsResolver {}
  Resolver()(FieldsResolver);
  for (const [name, rule] of Object.entries(rules)) {
    FieldsResolver.prototype[name] = () => 'reached';
    const descriptor = Object.getOwnPropertyDescriptor(FieldsResolver.prototype, name);
    Query(() => String, { nullable: true })(FieldsResolver.prototype, name, descriptor);
    rule(FieldsResolver.prototype, name, descriptor);
  }
  class ApplicationModule {}
  Module({
    imports: [
      propelAuth,
      GraphQLModule.forRoot({
        driver: isFastify ? MercuriusDriver : ApolloDriver,
        autoSchemaFile: true,
      }),
    ],
    providers: [FieldsResolver],
  })(ApplicationModule);
  if (!isFastify) {
    const app = await NestFactory.create(ApplicationModule, { logger: false });
    app.set('trust proxy', true);
    return app;
  }
  const { FastifyAdapter } = await importPackage('@nestjs/platform-fastify');
  return NestFactory.create(ApplicationModule, new FastifyAdapter({ trustProxy: true }), {
    logger: false,
  });
}

async function gateway() {
  const { SubscribeMessage, WebSocketGateway } = await importPackage('@nestjs/websockets');
  const { WsAdapter } = await importPackage('@nestjs/platform-ws');
  class MeGateway {
    constructor(service) {
      this.service = service;
    }

    async handleConnection(client, request) {
      await this.service.authenticateConnection(client, request);
    }

    me() {
      return server === 'ws' ? { event: 'me', data: 'reached' } : 'reached';
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(MeGateway.prototype, 'me');
  SubscribeMessage('me')(MeGateway.prototype, 'me', descriptor);
  RequireUser()(MeGateway.prototype, 'me', descriptor);
  Reflect.defineMetadata('design:paramtypes', [PropelAuthService], MeGateway);
  WebSocketGateway()(MeGateway);
  class ApplicationModule {}
  Module({ imports: [propelAuth], providers: [MeGateway] })(ApplicationModule);
  const app = await NestFactory.create(ApplicationModule, { logger: false });
  if (server === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
  return app;
}

const app = await (['apollo', 'mercurius'].includes(server) ? graphql() : gateway());
await app.listen(0, '127.0.0.1');

let start;
process.on('message', (message) => {
  if (message === 'start') {
    start = process.cpuUsage();
    process.send({});
    return;
  }
  const { user, system } = process.cpuUsage(start);
  process.send({ milliseconds: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit());
process.send({ port: app.getHttpServer().address().port, token });
