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

@ObjectType()
class Report {
  @Field(() => ID)
  id: string;
}

@Resolver(() => Report)
export class ReportsResolver {
  @Query(() => Report)
  @Public()
  report(): Report {
    return { id: 'first' };
  }

  @ResolveField(() => String, { nullable: true })
  @RequireUser()
  reader(@CurrentUser() user: User) {
    return user.userId;
  }

  @Query(() => String)
  me(@CurrentUser() user: User) {
    return user.userId;
  }

  @Mutation(() => String, { nullable: true })
  @RequireOrgRole('Admin', { org: orgFromArgs() })
  renameReports(@Args('orgId') _orgId: string, @CurrentOrg() org: OrgMemberInfo) {
    return org.orgName;
  }
}
