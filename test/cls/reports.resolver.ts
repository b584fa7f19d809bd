import { EventEmitter, on } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  Args,
  Field,
  ID,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { UseCls } from 'nestjs-cls';
import {
  OptionalUser,
  orgFromArgs,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { inWords, ReportsService } from './places.js';

@ObjectType()
export class ReadReport {
  @Field(() => ID)
  id!: string;
}

/** What subscriptions wait for, and what becomes of them. */
@Injectable()
export class Desk extends EventEmitter {
  ended: string[] = [];
}

@Resolver(() => ReadReport)
export class ReportsResolver {
  constructor(
    private readonly service: ReportsService,
    private readonly caller: CallerContext,
    private readonly desk: Desk,
  ) {}

  @Query(() => [ReadReport])
  @RequireOrgMember({ org: orgFromArgs() })
  reports(@Args('orgId') orgId: string): ReadReport[] {
    return ['r1', 'r2'].map((id) => ({ id: `${orgId} ${id}` }));
  }

  @Query(() => [String])
  @RequireOrgMember({ org: orgFromArgs() })
  async places(@Args('orgId') _orgId: string): Promise<string[]> {
    return [inWords(this.caller), ...Object.values(await this.service.places())];
  }

  @Query(() => ReadReport)
  @OptionalUser()
  @UseCls()
  async optional(): Promise<ReadReport> {
    return { id: inWords(this.caller) };
  }

  @Query(() => ReadReport)
  @Public()
  public(): ReadReport {
    return { id: inWords(this.caller) };
  }

  @Query(() => ReadReport)
  unruled(): ReadReport {
    return { id: inWords(this.caller) };
  }

  @ResolveField(() => String)
  async reader(): Promise<string> {
    await Promise.resolve();
    return [...new Set(Object.values(await this.service.places()))].join();
  }

  @ResolveField(() => ReadReport)
  next(@Parent() { id }: ReadReport): ReadReport {
    return { id };
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Member', { org: orgFromArgs() })
  ofOrg(@Args('orgId') _orgId: string): string {
    return inWords(this.caller);
  }

  @ResolveField(() => ReadReport)
  @RequireOrgRole('Member', { org: orgFromArgs() })
  underOrg(@Args('orgId') orgId: string): ReadReport {
    return { id: orgId };
  }

  @ResolveField(() => String, { nullable: true })
  asking(): string {
    return String(this.caller.user?.userId);
  }

  @Subscription(() => ReadReport)
  @RequireUser()
  async *generated() {
    try {
      for await (const [title] of on(this.desk, 'listed')) {
        yield { generated: { id: `${title} for ${inWords(this.caller)}` } };
      }
    } finally {
      this.desk.ended.push(inWords(this.caller));
    }
  }

  @Subscription(() => ReadReport)
  @Public()
  async *openly() {
    yield { openly: { id: inWords(this.caller) } };
  }

  @Subscription(() => ReadReport)
  async *unruledEvents() {
    yield { unruledEvents: { id: inWords(this.caller) } };
  }

  /** As those of `graphql-subscriptions`: no generator. */
  @Subscription(() => ReadReport, {
    filter: () => true,
    resolve: (id: string) => ({ id }),
  })
  @RequireUser()
  iterated() {
    const next = async () => {
      await setTimeout(5);
      return { value: inWords(this.caller), done: false };
    };
    return { next, [Symbol.asyncIterator]: () => ({ next }) };
  }
}
