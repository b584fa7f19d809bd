import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { readConfiguration } from '../../sample-app/dist/configuration/read-configuration.js';
import { startApplication } from '../../sample-app/dist/start-application.js';
import { findFreePort } from '../package/free-port.mjs';

/** The HTTP adapters that the sample app is tried over; it runs over the first. */
export const ADAPTERS = { Express: ExpressAdapter, Fastify: FastifyAdapter };

/** The secret of the local PropelAuth. */
export const LOCAL_SECRET = 'the-secret-of-the-tests';

/** The query parameter of the links that `npm start` prints. */
export const WITH_SECRET = `local_secret=${LOCAL_SECRET}`;

/** Starts the sample app with its local issuer, as `npm start` does, on a free port. */
export async function startSampleApp(adapter) {
  const PORT = String(await findFreePort());
  const configuration = readConfiguration({ PORT, LOCAL_SECRET }, ['--local-issuer']);
  const app = await startApplication(configuration, { logger: false }, new ADAPTERS[adapter]());
  return { origin: configuration.origin, close: () => app.close() };
}
