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
  CurrentApiKey,
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  orgFromArgs,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  type ApiKeyValidation,
  type User,
} from 'nestjs-propelauth';
import { letIn } from './let-in.js';
import { WITHDRAW } from './victim-scripts.controller.js';

@ObjectType()
class Report {
  @Field(() => ID)
  id!: string;
}

/** The rules of the controllers on queries, mutations, subscriptions and fields. */
@Resolver(() => Report)
export class VictimResolver {
  @Query(() => String, { nullable: true })
  @RequireUser()
  me(@CurrentUser() user: User) {
    return letIn('required', user.userId);
  }

  @Query(() => String, { nullable: true })
  @OptionalUser()
  visitor(@CurrentUser() user: User | null) {
    return user === null ? 'anonymous' : letIn('optional', user.userId);
  }

  @Query(() => Report)
  @Public()
  report() {
    return { id: 'r1' };
  }

  @Query(() => String, { nullable: true })
  @RequireOrgMember({ org: orgFromArgs() })
  members(@Args('orgId') _orgId: string, @CurrentUser() user: User) {
    return letIn('org', user.userId);
  }

  @Query(() => String, { nullable: true })
  @RequireOrgRole('Owner', { org: orgFromArgs('orgId') })
  owners(@Args('orgId') _orgId: string, @CurrentUser() user: User) {
    return letIn('owner', user.userId);
  }

  @Query(() => String, { nullable: true })
  @RequireApiKey()
  script(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return letIn('key', apiKey.user?.userId ?? apiKey.org?.orgId);
  }

  @Query(() => String, { nullable: true })
  @DenyImpersonation()
  inPerson(@CurrentUser() user: User) {
    return letIn('in-person', user.userId);
  }

  @Mutation(() => String, { nullable: true })
  @RequireUser()
  change(@CurrentUser() user: User) {
    return letIn('required', user.userId);
  }

  @Mutation(() => String, { nullable: true })
  @RequireStepUpMfa(WITHDRAW)
  withdraw(@CurrentUser() user: User) {
    return letIn('withdrawal', user.userId);
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Owner', { org: orgFromArgs('orgId') })
  secret(@Args('orgId') _orgId: string, @CurrentUser() user: User) {
    return letIn('owner', user.userId);
  }

  @Subscription(() => String, { nullable: true })
  @RequireUser()
  async *ticks(@CurrentUser() user: User) {
    yield { ticks: letIn('required', user.userId) };
  }
}
