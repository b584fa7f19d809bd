import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** The HTTP adapters that the sample app is tried over; it runs over the first. */
export const ADAPTERS = { Express: ExpressAdapter, Fastify: FastifyAdapter };

/** The users of `npm start`. */
export const SEED = 'sample-app/propelauth.emulator.json';

/** Starts the sample app with an emulator, as main.ts does, on a free port. All apps of this process have the same emulator. */
export async function startSampleApp(adapter, { issuer }) {
  // As the emulator's exec sets them.
  Object.assign(process.env, {
    NODE_ENV: 'development',
    PROPELAUTH_AUTH_URL: issuer.authUrl,
    PROPELAUTH_API_KEY: issuer.apiKey,
    PROPELAUTH_WEBHOOK_SECRET: issuer.webhookSecret,
  });
  // It reads the environment when it is imported.
  const { AppModule } = await import('../../sample-app/dist/app.module.js');
  const { setUpDocs } = await import('../../sample-app/dist/docs.js');
  const app = await NestFactory.create(AppModule, new ADAPTERS[adapter](), { logger: false });
  setUpDocs(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  return { origin: `http://localhost:${port}`, close: () => app.close() };
}
