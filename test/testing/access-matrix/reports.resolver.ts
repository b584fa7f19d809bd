import {
  Args,
  Field,
  ID,
  InputType,
  Int,
  InterfaceType,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  ResolveField,
  Resolver,
  Subscription,
  createUnionType,
} from '@nestjs/graphql';
import {
  DenyImpersonation,
  OptionalUser,
  orgFromArgs,
  orgFromHeader,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { ran } from './graphql-applications.js';

export enum Order {
  NewestFirst = 'newest-first',
}
registerEnumType(Order, { name: 'Order' });

@InputType()
class Range {
  @Field(() => Int)
  from!: number;

  @Field(() => Order)
  order!: Order;
}

@InputType()
export class ReportsInput {
  @Field(() => String, { nullable: true })
  orgId?: string;

  @Field(() => Range)
  range!: Range;

  @Field(() => [Range])
  ranges!: Range[];

  @Field(() => Date)
  since!: Date;
}

@InterfaceType()
export abstract class Titled {
  @Field()
  title!: string;
}

@ObjectType({ implements: () => Titled })
export class ListedReport extends Titled {
  @Field(() => ID)
  id!: string;
}

@ObjectType()
export class Folder {
  @Field(() => [ListedReport])
  reports!: ListedReport[];
}

const Found = createUnionType({ name: 'Found', types: () => [ListedReport, Folder] as const });

/** One of each kind of access, and of each kind of argument and result. */
@Resolver(() => ListedReport)
export class ReportsResolver {
  @Query(() => String)
  @RequireUser()
  me() {
    return String(ran.push('me'));
  }

  @Query(() => Titled, { nullable: true })
  @OptionalUser()
  latest() {
    ran.push('latest');
  }

  @Query(() => [Folder])
  @Public()
  folders() {
    ran.push('folders');
    return [];
  }

  @Query(() => [Found])
  @RequireOrgMember({ org: orgFromArgs('input.orgId') })
  find(@Args('input') _input: ReportsInput) {
    ran.push('find');
    return [];
  }

  @Query(() => Int)
  @RequireOrgRole('Admin', { org: orgFromHeader('x-org') })
  count(@Args('order', { type: () => Order }) _order: Order) {
    return ran.push('count');
  }

  @Mutation(() => ListedReport)
  @RequireOrgRole('Admin', { org: orgFromArgs('orgId') })
  @DenyImpersonation()
  rename(@Args('orgId') _orgId: string, @Args('names', { type: () => [String] }) _names: string[]) {
    ran.push('rename');
  }

  @Mutation(() => Boolean, { nullable: true })
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  remove(@Args('orgId', { nullable: true }) _orgId?: string) {
    ran.push('remove');
  }

  @Subscription(() => ListedReport)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  async *added(@Args('orgId') _orgId: string) {
    yield { added: ran.push('added') };
  }

  @ResolveField(() => String)
  @RequireOrgRole('Owner', { org: orgFromArgs('input.orgId') })
  secret(@Args('input') _input: ReportsInput) {
    return String(ran.push('secret'));
  }

  @ResolveField(() => String)
  summary() {
    return String(ran.push('summary'));
  }
}
