import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';
import { PropelAuthModule } from 'nestjs-propelauth';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import { startApplication } from './application.js';

/** What differs from one application under `overridePropelAuth()` to the next. */
export interface MatrixApplicationOptions extends ModuleMetadata {
  readonly module?: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]>;
  readonly prepare?: (app: INestApplication) => unknown;
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  readonly nest?: NestApplicationOptions;
}

/** Starts an application whose rules `toHold()` can try. */
export async function startMatrixApplication(options: MatrixApplicationOptions) {
  const { module = {}, prepare, override = (builder) => builder, nest, ...metadata } = options;
  const emulator = await createEmulator();
  const { issuer } = emulator;
  const imports = [
    PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...module }),
    ...(metadata.imports ?? []),
  ];
  const { app } = await startApplication(
    { ...metadata, imports },
    prepare,
    (builder) => override(overridePropelAuth(builder, { emulator })),
    nest,
  );
  return { app, issuer, emulator };
}

/** The message of the error with which a promise rejects. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The promise was fulfilled.');
}
