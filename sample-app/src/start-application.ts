import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Configuration } from './configuration/configuration.js';
import { setUpDocs } from './docs.js';

/** Starts the app: when it is returned, it listens. */
export async function startApplication(
  configuration: Configuration,
  options: NestApplicationOptions = {},
  adapter: AbstractHttpAdapter = new ExpressAdapter(),
): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule.forRoot(configuration), adapter, {
    ...options,
    // Errors go to the caller, which knows how to say them.
    abortOnError: false,
  });
  await openApplication(app, configuration);
  return app;
}

/** Puts the documentation in front of the app, and has it listen. */
export async function openApplication(
  app: INestApplication,
  configuration: Configuration,
): Promise<void> {
  setUpDocs(app, configuration);
  const { port, host } = configuration;
  if (host === undefined) await app.listen(port);
  else await app.listen(port, host);
}
