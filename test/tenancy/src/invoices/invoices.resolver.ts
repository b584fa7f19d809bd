import {
  Args,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { orgFromArgs, RequireOrgMember } from 'nestjs-propelauth';
import { readId, readNewInvoice, readCents } from './invoice-input.js';
import { InvoicesService } from './invoices.service.js';

@ObjectType('Invoice')
class InvoiceType {
  @Field(() => ID)
  id!: string;

  @Field()
  orgId!: string;

  @Field()
  number!: string;
}

@InputType()
class LineInput {
  @Field(() => Int)
  cents!: number;
}

@InputType()
class InvoiceInput {
  @Field()
  number!: string;

  @Field(() => [LineInput], { defaultValue: [] })
  lines!: LineInput[];
}

/** Each operation names its organization: two aliases in one request can name different ones. */
@Resolver(() => InvoiceType)
export class InvoicesResolver {
  constructor(private readonly service: InvoicesService) {}

  @Query(() => [InvoiceType])
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  invoices(@Args('orgId', { type: () => ID }) _orgId: string) {
    return this.service.list();
  }

  @Query(() => InvoiceType)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  invoice(
    @Args('orgId', { type: () => ID }) _orgId: string,
    @Args('id', { type: () => ID }) id: string,
  ) {
    return this.service.find(readId(id));
  }

  @Mutation(() => InvoiceType)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  createInvoice(
    @Args('orgId', { type: () => ID }) _orgId: string,
    @Args('invoice') invoice: InvoiceInput,
  ) {
    return this.service.create(readNewInvoice(invoice));
  }

  @Mutation(() => InvoiceType)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  addLine(
    @Args('orgId', { type: () => ID }) _orgId: string,
    @Args('invoiceId', { type: () => ID }) id: string,
    @Args('line') line: LineInput,
  ) {
    return this.service.addLine(readId(id), readCents(line.cents));
  }

  /** A field has the caller of its operation. */
  @ResolveField(() => Int)
  async total(@Parent() { id }: InvoiceType) {
    return (await this.service.find(id)).cents;
  }
}
