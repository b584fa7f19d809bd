import { EventEmitter, on } from 'node:events';
import { Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import {
  Args,
  Field,
  ObjectType,
  ResolveField,
  Resolver,
  Root,
  Query,
  Subscription,
} from '@nestjs/graphql';
import {
  OptionalUser,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { ACME_ID } from '../../support/project.js';

@ObjectType()
export class News {
  @Field()
  title!: string;
}

/** What subscriptions wait for. */
@Injectable()
export class NewsDesk {
  /** What some subscriptions wait for before they begin. */
  ready: () => Promise<void> = () => Promise.resolve();
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  publish(title: string): void {
    this.emitter.emit('news', { title });
  }

  /** Ends all subscriptions, as where there is no more news. */
  close(): void {
    this.emitter.emit('end');
  }

  get listeners(): number {
    return this.emitter.listenerCount('news');
  }

  news(): AsyncIterableIterator<[News]> {
    return on(this.emitter, 'news', { close: ['end'] }) as AsyncIterableIterator<[News]>;
  }
}

const resolve = ([news]: [News]) => news;

/** Names the organization of the argument `orgId`, as soon as the desk is ready. */
@Injectable()
export class LateOrgSource {
  constructor(private readonly desk: NewsDesk) {}

  async orgOf(context: ExecutionContext) {
    await this.desk.ready();
    return { orgId: context.getArgByIndex<{ orgId: string }>(1).orgId };
  }
}

/** Subscriptions of each kind of caller, to the same news. */
@Resolver(() => News)
export class NewsResolver {
  constructor(private readonly desk: NewsDesk) {}

  @Query(() => String)
  @RequireUser()
  hello(): string {
    return 'hello';
  }

  @Subscription(() => News, { resolve })
  @RequireUser()
  news() {
    return this.desk.news();
  }

  @Subscription(() => News, { resolve, filter: ([{ title }]: [News]) => title !== 'spam' })
  @RequireUser()
  filteredNews() {
    return this.desk.news();
  }

  /** A generator waits for its next event, whoever wants it to stop. */
  @Subscription(() => News)
  @RequireUser()
  async *generatedNews() {
    for await (const [generatedNews] of this.desk.news()) yield { generatedNews };
  }

  @Subscription(() => News, { resolve })
  @RequireUser()
  async lateNews() {
    await this.desk.ready();
    return this.desk.news();
  }

  /** All of it is there from the start. */
  @Subscription(() => News)
  @RequireUser()
  async manyNews() {
    await this.desk.ready();
    return (async function* () {
      for (let number = 0; number < 1_000; number++) yield { manyNews: { title: `${number}` } };
    })();
  }

  @Subscription(() => News, { resolve })
  @RequireOrgMember({ org: LateOrgSource })
  orgNews(@Args('orgId') _orgId: string) {
    return this.desk.news();
  }

  @Subscription(() => News, { resolve })
  @RequireUserOrApiKey()
  newsForScripts() {
    return this.desk.news();
  }

  @Subscription(() => News, { resolve })
  @OptionalUser()
  newsForVisitors() {
    return this.desk.news();
  }

  @Subscription(() => News, { resolve })
  @Public()
  publicNews() {
    return this.desk.news();
  }

  @Subscription(() => News, { resolve })
  @RequireUser()
  @UseGuards({ canActivate: () => false })
  rejectedNews() {
    return this.desk.news();
  }

  @Subscription(() => News, { resolve })
  @RequireUser()
  failedNews() {
    throw new Error('The desk is on fire');
  }

  @ResolveField(() => String, { nullable: true })
  @RequireOrgRole('Admin', { org: () => ({ orgId: ACME_ID }) })
  draft(@Root() { title }: News): string {
    return `Draft of ${title}`;
  }
}
