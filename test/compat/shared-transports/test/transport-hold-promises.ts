// Not node:assert/strict: in Jest what comes from Node.js itself has other prototypes.
import { deepEqual } from 'node:assert';
import { Test } from '@nestjs/testing';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { TransportsModule } from '../src/transports.module.js';
import { environment } from './issuer.js';

/** What holds of the access over HTTP and GraphQL, by name. `toHold()` lists the other handlers. */
export const transportHoldPromises: Record<string, () => Promise<void>> = {
  'allows exactly the callers that describeAccess() names': async () => {
    Object.assign(process.env, environment);
    const issuer = await TestIssuer.create();
    const builder = Test.createTestingModule({ imports: [TransportsModule] });
    const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
    const app = moduleRef.createNestApplication({ logger: false });
    await app.init();
    try {
      const { notTried } = await expectAccess(app).toHold();
      const transports = new Set(notTried.map(({ name }) => name.split(/[ .]/)[0]));
      // Operations are here as well, because fields of the schema lead back to the root types: they were tried at the root alone.
      deepEqual([...transports].toSorted(), ['Mutation', 'Query', 'Report', 'event', 'message']);
    } finally {
      await app.close();
    }
  },
};
