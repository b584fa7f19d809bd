import { randomUUID } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { ClsModule } from 'nestjs-cls';
import { CallerContext, type OrgScope, PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { DataModule, type DataOptions } from '../src/data/data.module.js';
import { APP_URL } from './database.js';

/** An application of the data layer and what it needs, started. */
export async function startData(options: Partial<DataOptions> = {}): Promise<TestingModule> {
  const cls = ClsModule.forRoot({ global: true, plugins: [new PropelAuthClsPlugin()] });
  const data = DataModule.forRoot({ url: APP_URL, ...options });
  const application = await Test.createTestingModule({ imports: [cls, data] }).compile();
  return application.init();
}

/** An organization that no other test has: the tests share their tables. */
export function newOrg(application: TestingModule): OrgScope {
  const caller = application.get(CallerContext, { strict: false });
  return caller.run({ org: { orgId: randomUUID() } }, () => caller.requireOrg());
}
