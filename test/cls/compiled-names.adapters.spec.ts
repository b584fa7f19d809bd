import { Args, Field, ID, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { orgFromArgs, Public, RequireOrgMember } from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, headersOf } from '../support/project.js';
import { clsModule, inWords } from './places.js';

/** More often than Mercurius, with `jit: 1`, sees a query before it compiles it. */
const TIMES = 4;

@ObjectType()
class NamedPart {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => NamedPart)
class NamedPartsResolver {
  constructor(private readonly caller: CallerContext) {}

  @Query(() => NamedPart)
  @Public()
  openPart() {
    return { id: 'open' };
  }

  @Query(() => NamedPart)
  @RequireOrgMember({ org: orgFromArgs() })
  partOfOrg(@Args('orgId') orgId: string) {
    return { id: orgId };
  }

  @Query(() => NamedPart)
  unruledPart() {
    return { id: inWords(this.caller) };
  }

  @ResolveField(() => String)
  reader(): string {
    return inWords(this.caller);
  }
}

function start(byDefault: boolean) {
  return startGuarded(
    {
      imports: [
        clsModule(),
        graphqlModule({ jit: 1, fieldResolverEnhancers: ['guards', 'interceptors'] }),
      ],
      providers: [NamedPartsResolver],
    },
    { requireUserByDefault: byDefault },
  );
}

/** graphql-jit mixes up what it says of `reader` below `a` and of what is called `reader_a`. */
describe('A name in the answer that is like the path of another field', () => {
  it('opens no operation without a rule to strangers, once a user has sent the document', async () => {
    const application = await start(true);
    const query = '{ reader_a: unruledPart { id } a: openPart { reader } }';
    const headers = await headersOf(issuer, alice);
    const answers: unknown[] = [];
    for (let time = 0; time < TIMES; time++) {
      answers.push((await send(application, query, headers)).data);
    }
    expect(codesOf(await send(application, query))).toEqual(['UNAUTHENTICATED']);
    const answer = { reader_a: { id: `user ${alice.userId}` }, a: { reader: 'nobody' } };
    expect(answers).toEqual(Array.from({ length: TIMES }, () => answer));
  });

  it.each([
    ['before', 'reader_a: unruledPart { id reader }', ''],
    ['after', '', 'reader_a: unruledPart { id reader }'],
  ])('changes no caller if it is %s that field', async (_where, before, after) => {
    const application = await start(false);
    const query = `{ ${before} a: partOfOrg(orgId: "${ACME_ID}") { reader } ${after} }`;
    const headers = await headersOf(issuer, alice);
    for (let time = 0; time < TIMES; time++) {
      const { data } = await send(application, query, headers);
      expect(data).toEqual({
        reader_a: { id: 'nobody', reader: 'nobody' },
        a: { reader: `user ${alice.userId} in ${ACME_ID}` },
      });
    }
  });
});
