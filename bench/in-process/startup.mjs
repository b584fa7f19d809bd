/**
 * Measures the start of an application with 500 handlers, from `NestFactory.create()` to the end of `init()`, and the memory that it takes
 * then. Needs --expose-gc. The argument is the module in servers/protections/.
 */
import { decorateMethod } from '../servers/decorate-method.mjs';
import { Issuer } from '../tokens/issuer.mjs';
import { Controller, Get, Module, NestFactory } from '../under-test/nest.mjs';
import { usedBytes } from './heap.mjs';

const CONTROLLERS = 50;
const ROUTES = 10;
const CHECKING_HOOKS = ['configure', 'onModuleInit', 'onApplicationBootstrap'];

const { createProtection } = await import(`../servers/protections/${process.argv[2]}.mjs`);
const protection = createProtection(new Issuer().verification, { rule: 'role' });
class ApplicationModule {}
const controllers = Array.from({ length: CONTROLLERS }, (_, number) => createController(number));
Module({ ...protection.module, controllers })(ApplicationModule);

let auditMilliseconds = 0;
const start = performance.now();
const app = await NestFactory.create(ApplicationModule, { logger: ['error'] });
timeChecks();
await app.init();
const startMilliseconds = performance.now() - start;
const heapBytes = usedBytes();
const residentBytes = process.memoryUsage().rss;
process.send({ startMilliseconds, auditMilliseconds, heapBytes, residentBytes });
await app.close();

function createController(number) {
  class ReportsController {}
  for (let route = 0; route < ROUTES; route++) {
    const name = `report${route}`;
    ReportsController.prototype[name] = () => ({ route });
    decorateMethod(ReportsController, name, [Get(name), ...protection.decorators]);
  }
  Controller(`orgs/:orgId/reports-${number}`)(ReportsController);
  return ReportsController;
}

/** Startup checks cannot be turned off, so they are timed where Nest calls them: in the hooks of the package. */
function timeChecks() {
  const modules = [...app.container.getModules().values()];
  const own = modules.find(({ metatype }) => metatype.name === 'PropelAuthModule');
  for (const { instance } of own?.providers.values() ?? []) {
    for (const hook of CHECKING_HOOKS) timeHook(instance, hook);
  }
}

function timeHook(instance, hook) {
  const original = instance?.[hook];
  if (typeof original !== 'function') return;
  instance[hook] = function (...args) {
    const began = performance.now();
    const result = original.apply(this, args);
    auditMilliseconds += performance.now() - began;
    return result;
  };
}
