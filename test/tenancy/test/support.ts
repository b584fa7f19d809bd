import { randomUUID } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import { ClsModule } from 'nestjs-cls';
import { CurrentCaller, type OrgScope, PropelAuthClsPlugin } from 'nestjs-propelauth/cls';

/** An application of a data layer and what it needs, started. */
export async function start(
  data: DynamicModule,
  change: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<TestingModule> {
  const cls = ClsModule.forRoot({ global: true, plugins: [new PropelAuthClsPlugin()] });
  const application = await change(Test.createTestingModule({ imports: [cls, data] })).compile();
  return application.init();
}

/** An organization that no other test has: the tests share their tables. */
export function newOrg(application: TestingModule): OrgScope {
  const caller = application.get(CurrentCaller, { strict: false });
  return caller.run({ org: { orgId: randomUUID() } }, () => caller.requireOrg());
}

/** A promise that the test itself fulfils. */
export function newSignal(): { readonly given: Promise<void>; give(): void } {
  let give!: () => void;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}
