import { pathToFileURL } from 'node:url';
import { Issuer, ISSUER } from '../tokens/issuer.mjs';

const build = pathToFileURL(`${process.argv[2]}/index.js`).href;

/** What the scenario was started with, behind the build. */
export const scenarioArguments = process.argv.slice(3);

/** Imports what the package itself would get under this name: there must be one copy of Nest. */
export const load = (name) => import(import.meta.resolve(name, build));

await load('reflect-metadata');

export const propelAuth = await import(build);

export const issuer = new Issuer();
const verification = { verifierKey: issuer.publicKeyPem, issuer: ISSUER };

const { Module } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');

/** An application that listens on a free port, and the port. */
export async function start({ adapter, imports = [], prepare, ...module }) {
  class ScenarioModule {}
  const guard = propelAuth.PropelAuthModule.forRoot({
    authUrl: ISSUER,
    apiKey: 'integration-key',
    manualTokenVerificationMetadata: verification,
  });
  Module({ ...module, imports: [guard, ...imports] })(ScenarioModule);
  const app = await NestFactory.create(ScenarioModule, ...(adapter ? [adapter] : []), {
    logger: false,
  });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer().address().port;
}

/** Puts decorators on a method. */
export function decorate(type, method, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method);
  for (const decorator of decorators) decorator(type.prototype, method, descriptor);
}

/** Says what is about to be measured. */
export function announce(about) {
  process.send({ about });
}

/** Sends the figures, by what they are about, and ends. */
export function report(figures) {
  process.send(figures, () => process.exit());
}
