import { Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { PropelAuthModule, Public } from 'nestjs-propelauth';
import { startApplication } from '../support/application.js';
import { stopClock } from '../support/fake-timers.js';
import { NOW, PROJECT_KEYS } from '../support/forge.js';
import { Post, User } from '../support/federation-entities.js';
import { subgraphModule } from '../support/graphql.js';
import { Issuer } from '../support/issuer.js';
import { sendRaw } from '../support/send-raw.js';
import { FEDERATION_ATTACKS } from './federation.js';
import { handlersIn, letIn } from './let-in.js';

/** Without a reference resolver, as in Nest's own sample. */
@Resolver(() => User)
class UsersResolver {
  @ResolveField(() => [String], { nullable: true })
  posts() {
    return [letIn('required', 'posts')];
  }
}

@Resolver(() => Post)
class PostsResolver {
  @Query(() => Post)
  @Public()
  post() {
    return { id: 'p0' };
  }

  @Query(() => Post, { nullable: true })
  latest() {
    return { id: letIn('required', 'latest') };
  }

  @ResolveReference()
  @Public()
  resolve({ id }: { id: string }) {
    return { id };
  }

  /** Of a post that a public operation found, it is public as well. */
  @ResolveField(() => String, { nullable: true })
  body({ id }: Post) {
    return id === 'p0' ? 'public' : letIn('required', 'body');
  }
}

stopClock(NOW * 1000);
const { url } = await startApplication({
  imports: [
    PropelAuthModule.forRoot({
      ...new Issuer(PROJECT_KEYS).moduleOptions,
      requireUserByDefault: true,
    }),
    subgraphModule({
      autoSchemaFile: { federation: 2 },
      buildSchemaOptions: { orphanedTypes: [User, Post] },
    }),
  ],
  providers: [UsersResolver, PostsResolver],
});

describe('Attacks on a subgraph under requireUserByDefault', () => {
  it.each(FEDERATION_ATTACKS)('$name', async ({ request, answers, control }) => {
    const { status, text } = await sendRaw(url, request());
    expect(answers).toContain(status);
    expect(handlersIn(text)).toEqual([]);
    expect(handlersIn((await sendRaw(url, control!())).text)).not.toEqual([]);
  });
});
