import { Field, ID, ObjectType } from '@nestjs/graphql';

@ObjectType()
export class Report {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => ID)
  readonly orgId!: string;

  @Field(() => String)
  readonly title!: string;
}
