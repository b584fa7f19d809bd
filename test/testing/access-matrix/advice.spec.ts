import { Controller, Get, type ExecutionContext } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import type { IncomingMessage } from 'node:http';
import { RequireOrgMember, RequireUser, type OrgSource } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';

/** As Apollo and Mercurius make it. */
interface ContextValue {
  readonly req?: IncomingMessage;
  readonly reply?: { readonly request: IncomingMessage };
}

const orgOf: OrgSource = (context) => {
  const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
  throw new Error(`No organization for ${headers.authorization}`);
};

it('toHold() does not print a token that the application repeats in an error', async () => {
  @Resolver()
  class ReportsResolver {
    @Query(() => String)
    @RequireUser()
    reports() {
      return '';
    }
  }
  const { app } = await startMatrixApplication({
    imports: [graphqlModule()],
    providers: [ReportsResolver],
    prepare: (created) =>
      created.useGlobalGuards({
        canActivate(context: ExecutionContext) {
          const { req, reply } = context.getArgByIndex<ContextValue>(2);
          throw new Error(`No entry for ${(req ?? reply?.request)?.headers.authorization}`);
        },
      }),
  });
  const review = await messageOf(expectAccess(app).toHold());
  expect(review).toContain('Sent as a user; the response was 400.');
  expect(review).not.toMatch(/Bearer ey/u);
});

describe('toHold() points to the cause', () => {
  it('if two resolvers have the same operation', async () => {
    @Resolver()
    class FirstResolver {
      @Query(() => String)
      @RequireUser()
      me() {}
    }
    @Resolver()
    class SecondResolver {
      @Query(() => String)
      @RequireUser()
      me() {}
    }
    const { app } = await startMatrixApplication({
      imports: [graphqlModule()],
      providers: [FirstResolver, SecondResolver],
    });
    expect(await messageOf(expectAccess(app).toHold())).toMatch(
      /Query\.me \(FirstResolver\.me\) is not reached: SecondResolver\.me answers instead\.[^]*\n {2}The other handler is registered/u,
    );
  });

  it('if a source of the application throws, without repeating its message', async () => {
    @Controller('reports')
    class ReportsController {
      @Get()
      @RequireOrgMember({ org: orgOf })
      list() {}
    }
    const { app } = await startMatrixApplication({ controllers: [ReportsController] });
    const review = await messageOf(expectAccess(app).toHold({ orgFor: () => 'acme' }));
    expect(review).toContain(
      'A function of the application throws, or a setting is missing: see its log.',
    );
    expect(review).not.toContain('No organization');
  });
});
