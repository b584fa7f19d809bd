/**
 * One instance of the service, in its own process. The argument is its settings as JSON. It sends its parent the port, and ends with it.
 */
import { decorateMethod } from '../servers/decorate-method.mjs';
import { importFile, importPackage } from '../under-test/root.mjs';

const { Controller, Get, Module, Sse } = await importPackage('@nestjs/common');
const { NestFactory } = await importPackage('@nestjs/core');
const { NEVER, startWith } = await importPackage('rxjs');
const { PropelAuthModule, RequireOrgMember, RequireOrgRole, RequireUser } =
  await importFile('dist/index.js');
const { liveAccess } = await importFile('dist/live-access/index.js');
const { redisAccessChanges } = await importFile('dist/redis/index.js');
const { createClient } = await importPackage('redis');

const { redisUrl, options } = JSON.parse(process.argv[2]);
process.once('disconnect', () => process.exit());

class AccessController {}

/** Each route has a stream below it, under the same rule. */
for (const [path, rule] of [
  ['me', RequireUser()],
  ['orgs/:orgId', RequireOrgMember()],
  ['orgs/:orgId/admin', RequireOrgRole('Admin')],
]) {
  addRoute(path, [Get(path), rule], () => ({}));
  addRoute(`${path}/events`, [Sse(`${path}/events`), rule], () =>
    NEVER.pipe(startWith({ data: 'open' })),
  );
}
Controller()(AccessController);

class AppModule {}
Module({
  imports: [PropelAuthModule.forRoot({ ...options, plugins: [liveAccess(changesInRedis())] })],
  controllers: [AccessController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
// The clients reuse their connections, which must not be closed when a request is under way.
app.getHttpServer().keepAliveTimeout = 600_000;
process.send({ port: app.getHttpServer().address().port });

function addRoute(name, decorators, handler) {
  // Each handler needs its own function and name.
  AccessController.prototype[name] = { [name]: () => handler() }[name];
  decorateMethod(AccessController, name, decorators);
}

/** As docs/live-access-instances.md shows it. */
function changesInRedis() {
  if (redisUrl === undefined) return {};
  const redis = createClient({ url: redisUrl });
  redis.on('error', () => {});
  void redis.connect();
  return { changes: redisAccessChanges(redis) };
}
