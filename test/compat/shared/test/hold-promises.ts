// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual } from 'node:assert';
import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { AppModule } from '../src/app.module.js';
import { environment } from './issuer.js';

/** What holds of the access of every application, by name. */
export const holdPromises: Record<string, (app: INestApplication) => Promise<void>> = {
  'allows exactly the callers that describeAccess() names': async (app) => {
    Object.assign(process.env, environment);
    const issuer = await TestIssuer.create();
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
    const Adapter = app.getHttpAdapter().constructor as new () => AbstractHttpAdapter;
    const replaced = moduleRef.createNestApplication(new Adapter(), { logger: false });
    await replaced.init();
    try {
      const { notTried } = await expectAccess(replaced).toHold();
      deepEqual(notTried, []);
    } finally {
      await replaced.close();
    }
  },
};
