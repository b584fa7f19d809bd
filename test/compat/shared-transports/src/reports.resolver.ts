import {
  Args,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  CurrentOrg,
  CurrentUser,
  orgFromArgs,
  OrgMemberInfo,
  Public,
  RequireOrgRole,
  RequireUser,
  User,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';

@ObjectType()
class Report {
  @Field(() => ID)
  id: string;

  /** The root type, which the schema leads back to. */
  query?: object;
}

@Resolver(() => Report)
export class ReportsResolver {
  constructor(private readonly caller: CallerContext) {}

  @Query(() => Report)
  @Public()
  report(): Report {
    return { id: 'first', query: {} };
  }

  @ResolveField(() => String, { nullable: true })
  @RequireUser()
  reader(@CurrentUser() user: User) {
    return user === this.caller.user ? user.userId : undefined;
  }

  @Query(() => String)
  me() {
    return this.caller.requireUser().userId;
  }

  @Mutation(() => String, { nullable: true })
  @RequireOrgRole('Admin', { org: orgFromArgs() })
  renameReports(@Args('orgId') _orgId: string, @CurrentOrg() org: OrgMemberInfo) {
    return org.orgName;
  }
}
