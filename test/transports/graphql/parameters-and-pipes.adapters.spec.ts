import { ValidationPipe } from '@nestjs/common';
import { Args, ArgsType, Field, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Length } from 'class-validator';
import {
  CurrentOrg,
  CurrentUser,
  orgFromArgs,
  OrgMemberInfo,
  RequireOrgMember,
  RequireUser,
  User,
} from 'nestjs-propelauth';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { graphqlModule, send } from '../../support/graphql.js';
import { ACME_ID, alice, headersOf } from '../../support/project.js';

@ArgsType()
class RenameArgs {
  @Field()
  orgId!: string;

  @Field()
  @Length(3, 20)
  name!: string;
}

@Resolver()
class AccountsResolver {
  @Query(() => String)
  @RequireUser()
  me(@CurrentUser() user: User, @Args('times') times: number): string {
    return `${user instanceof User} ${Object.isFrozen(user)} ${user.userId} ${typeof times}`;
  }

  @Mutation(() => String)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  rename(@CurrentOrg() org: OrgMemberInfo, @Args() args: RenameArgs): string {
    return `${args instanceof RenameArgs} ${org.orgName} ${args.name}`;
  }
}

const application = await startGuarded(
  { imports: [graphqlModule()], providers: [AccountsResolver] },
  {},
  (app) =>
    app.useGlobalPipes(
      new ValidationPipe({ validateCustomDecorators: true, transform: true, whitelist: true }),
    ),
);

const sendAsAlice = async (query: string) =>
  send(application, query, await headersOf(issuer, alice));

describe('Under a ValidationPipe that validates custom decorators, a resolver', () => {
  it('gets @CurrentUser() unchanged, next to an argument with an inferred type', async () => {
    expect(await sendAsAlice('{ me(times: 2) }')).toEqual({
      data: { me: 'true true user-alice number' },
    });
  });

  it('gets @CurrentOrg() unchanged, next to arguments that are transformed', async () => {
    const query = `mutation { rename(orgId: "${ACME_ID}", name: "Globex") }`;
    expect(await sendAsAlice(query)).toEqual({ data: { rename: 'true Acme Inc Globex' } });
  });

  it('has its arguments validated', async () => {
    const { data, errors } = await sendAsAlice(
      `mutation { rename(orgId: "${ACME_ID}", name: "G") }`,
    );
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ message: 'Bad Request Exception' }]);
  });
});
