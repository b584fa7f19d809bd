import {
  Args,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  CurrentOrg,
  CurrentUser,
  orgFromArgs,
  OptionalUser,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';

@ObjectType()
export class Report {
  @Field(() => ID)
  id!: string;
}

/** A resolver with one of each: query, mutation, subscription, field; required, optional, public. */
@Resolver(() => Report)
export class GuardedResolver {
  @Query(() => String)
  @RequireUser()
  me(@CurrentUser() user: User): string {
    return user.userId;
  }

  @Query(() => String, { nullable: true })
  @OptionalUser()
  visitor(@CurrentUser() user: User | null): string | null {
    return user?.userId ?? null;
  }

  @Query(() => Report)
  @Public()
  report(): Report {
    return { id: 'r1' };
  }

  @Query(() => [Report])
  @Public()
  reports(): Report[] {
    return [{ id: 'r1' }, { id: 'r2' }];
  }

  @ResolveField(() => String)
  title(): string {
    return 'A title';
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Admin', { org: orgFromArgs() })
  secret(@Args('orgId') orgId: string, @CurrentOrg() org: OrgMemberInfo): string {
    return `${orgId} ${org.orgId}`;
  }

  @Mutation(() => String, { nullable: true })
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  rename(
    @Args('orgId') _orgId: string,
    @CurrentOrg() org: OrgMemberInfo,
    @CurrentUser('userId') userId: string,
  ): string {
    return `${userId} renames ${org.orgId}`;
  }

  @Subscription(() => String)
  @RequireUser()
  async *ticks(@CurrentUser() user: User) {
    yield { ticks: user.userId };
  }
}
