import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import {
  expectAccess,
  overridePropelAuth,
  TestIssuer,
  type HoldOptions,
} from 'nestjs-propelauth/testing';
import { TransportsModule } from '../src/transports.module.js';
import { environment } from './issuer.js';

/** The tokenSource of the application reads the access token from the data of messages. */
const argsFor: HoldOptions['argsFor'] = ({ transport }, { token }) =>
  transport === 'rpc' ? { data: { accessToken: token } } : undefined;

/** What holds of the access over all transports, by name. */
export const transportHoldPromises: Record<string, () => Promise<void>> = {
  'allows exactly the callers that describeAccess() names, over socket.io': () => hold(() => {}),
  'allows exactly the callers that describeAccess() names, over ws': () =>
    hold((app) => app.useWebSocketAdapter(new WsAdapter(app))),
};

async function hold(prepare: (app: INestApplication) => unknown): Promise<void> {
  Object.assign(process.env, environment);
  const issuer = await TestIssuer.create();
  const builder = Test.createTestingModule({ imports: [TransportsModule] });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  prepare(app);
  await app.init();
  try {
    await expectAccess(app).toHold({ argsFor });
  } finally {
    await app.close();
  }
}
