import type { ModuleMetadata } from '@nestjs/common';
import { PropelAuthGuard, PropelAuthModule } from 'nestjs-propelauth';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../../support/application.js';
import { graphqlModule } from '../../support/graphql.js';
import { ran, ReportsResolver } from './reports.resolver.js';

async function start(
  { imports = [graphqlModule()], ...metadata }: ModuleMetadata,
  guard?: { canActivate(): boolean },
) {
  const issuer = await TestIssuer.create();
  const { app } = await startApplication(
    { imports: [PropelAuthModule.forRoot(issuer.moduleOptions), ...imports], ...metadata },
    undefined,
    (builder) => {
      overridePropelAuth(builder, { issuer });
      return guard ? builder.overrideProvider(PropelAuthGuard).useValue(guard) : builder;
    },
  );
  return app;
}

describe('toHold() of GraphQL', () => {
  afterEach(() => {
    expect(ran).toEqual([]);
  });

  it('passes where the guard does as described, and runs no resolver', async () => {
    const app = await start({ providers: [ReportsResolver] });
    await expectAccess(app).toHold();
  });

  it('names the handler and the caller where the guard lets in others', async () => {
    const app = await start({ providers: [ReportsResolver] }, { canActivate: () => true });
    const error: unknown = await expectAccess(app)
      .toHold()
      .catch((thrown: unknown) => thrown);
    console.log((error as Error).message);
  });
});
