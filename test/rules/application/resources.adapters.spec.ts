import { Controller, Get, Injectable } from '@nestjs/common';
import {
  Args,
  Field,
  ID,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  accessRule,
  CurrentResource,
  describeAccess,
  fromInput,
  fromParam,
  OptionalUser,
  orgFromArgs,
  orgOf,
  RequireOrgMember,
  RequireUser,
  type AccessCall,
  type AccessRule,
  type ResourceCall,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { graphqlModule } from '../../support/graphql.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, GLOBEX_ID, type KnownUser } from '../../support/project.js';

interface Doc {
  readonly id: string;
  readonly orgId: string;
  readonly editors: readonly string[];
}

const DOCS: Record<string, Doc> = {
  plan: { id: 'plan', orgId: ACME_ID, editors: ['user-alice'] },
  secret: { id: 'secret', orgId: GLOBEX_ID, editors: ['user-alice'] },
  shared: { id: 'shared', orgId: ACME_ID, editors: ['user-alice', 'user-bob'] },
};

@Injectable()
class DocumentLoader implements ResourceLoader<Doc> {
  readonly name = 'document';
  readonly id = fromInput('documentId');
  readonly asked: string[] = [];
  answer: (id: string) => unknown = (id) => DOCS[id];

  load(call: ResourceCall, id: string) {
    this.asked.push(`${call.userId} ${id}`);
    return this.answer(id) as Doc | undefined;
  }

  orgId({ orgId }: Doc) {
    return orgId;
  }
}

/** A loader of rows that belong to nobody. */
@Injectable()
class NoteLoader implements ResourceLoader<{ id: string }> {
  readonly name = 'note';
  readonly id = fromInput('noteId');

  load(_call: ResourceCall, id: string) {
    return id === 'missing' ? null : { id };
  }
}

@Injectable()
class EditorRule implements AccessRule<[], 'userId', 'not_an_editor'> {
  readonly name = 'editor';
  readonly requires = ['userId'] as const;
  readonly denials = { not_an_editor: 403 } as const;

  describe() {
    return 'editor of the document';
  }

  async authorize(call: AccessCall<'userId'>) {
    const document = await call.load(DocumentLoader);
    return document?.editors.includes(call.userId) === true;
  }
}

const RequireEditor = accessRule(EditorRule);

/** Takes the functions of the call from it. */
@Injectable()
class NotedRule implements AccessRule<[], 'userId'> {
  readonly name = 'noted';
  readonly requires = ['userId'] as const;

  async authorize({ read, load, userId }: AccessCall<'userId'>) {
    const note = await load(NoteLoader);
    return note?.id === read(fromParam('noteId')) && userId === 'user-alice';
  }
}

const RequireNoted = accessRule(NotedRule);

@Controller()
class DocumentsController {
  @Get('documents/:documentId')
  @RequireOrgMember({ org: orgOf(DocumentLoader) })
  @RequireEditor()
  show(@CurrentResource(DocumentLoader) document: Doc) {
    return document;
  }

  @Get('orgs/:orgId/documents/:documentId')
  @RequireOrgMember()
  find(@CurrentResource(DocumentLoader, { optional: true }) document: Doc | null) {
    return { document };
  }

  @Get('notes/:noteId/noted')
  @RequireUser()
  @RequireNoted()
  noted() {
    return 'in';
  }

  @Get('notes/:noteId')
  @OptionalUser()
  note(@CurrentResource(NoteLoader) note: object) {
    return note;
  }
}

/** Says the same about all calls of a caller in an organization. */
@Injectable()
class MemberRule implements AccessRule<[least: { readonly length: number }]> {
  readonly name = 'member';
  readonly shared = true;
  readonly asked: unknown[] = [];

  authorize(call: AccessCall, least: { readonly length: number }) {
    this.asked.push([call.userId, call.org?.orgId, least.length]);
    return true;
  }
}

const RequireMemberSince = accessRule(MemberRule);

@ObjectType()
class Row {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => Row)
class RowsResolver {
  @Query(() => [Row])
  @RequireUser()
  rows(): Row[] {
    return [{ id: 'plan' }, { id: 'shared' }, { id: 'plan' }];
  }

  @Mutation(() => Row)
  @RequireOrgMember({ org: orgOf(DocumentLoader) })
  touch(@Args('documentId') id: string, @CurrentResource(DocumentLoader) _document: Doc): Row {
    return { id };
  }

  @ResolveField(() => String)
  @RequireOrgMember({ org: orgOf(DocumentLoader) })
  @RequireEditor()
  title(@Parent() { id }: Row, @Args('documentId') _documentId: string): string {
    return id;
  }

  @ResolveField(() => String)
  @RequireUser()
  @RequireMemberSince({ length: 1 })
  owner(): string {
    return 'alice';
  }

  @ResolveField(() => String)
  @RequireUser()
  @RequireMemberSince({ length: 1 })
  @RequireMemberSince({ length: 2 })
  since(): string {
    return 'May';
  }

  @ResolveField(() => String)
  @RequireOrgMember({ org: orgFromArgs() })
  @RequireMemberSince({ length: 1 })
  inOrg(@Args('orgId') orgId: string): string {
    return orgId;
  }
}

const application = beforeTests(() =>
  startGuarded({
    imports: [graphqlModule()],
    controllers: [DocumentsController],
    providers: [DocumentLoader, NoteLoader, NotedRule, EditorRule, MemberRule, RowsResolver],
  }),
);

const loader = () => application.app.get(DocumentLoader);
const rule = () => application.app.get(MemberRule);
const inAcme = `/orgs/${ACME_ID}/documents`;
const get = (path: string, user: KnownUser | null = alice) =>
  request(application.url, user).get(path);

async function query(text: string, user = alice) {
  const { body } = await request(application.url, user).post('/graphql').send({ query: text });
  return body as { data: unknown; errors?: { extensions: { errorCode: string } }[] };
}

beforeEach(() => {
  loader().asked.length = 0;
  loader().answer = (id) => DOCS[id];
});

describe('A row of the application', () => {
  it.each<[string, string, KnownUser | null, number, object]>([
    ['is there for rules and the handler', '/documents/plan', alice, 200, DOCS['plan'] as Doc],
    ['lets in by what it has', '/documents/shared', bob, 200, DOCS['shared'] as Doc],
    ['keeps out by what it has', '/documents/plan', bob, 403, { code: 'not_an_editor' }],
    ['may be missing', '/documents/missing', alice, 403, { code: 'org_access_denied' }],
    [
      'may be of another organization',
      '/documents/secret',
      alice,
      403,
      { code: 'org_access_denied' },
    ],
    [
      'is of the organization of the call',
      `${inAcme}/plan`,
      alice,
      200,
      { document: DOCS['plan'] },
    ],
    ['is none of another organization', `${inAcme}/secret`, alice, 200, { document: null }],
    ['is none where it is missing', `${inAcme}/missing`, alice, 200, { document: null }],
    ['is loaded without a caller', '/notes/7', null, 200, { id: '7' }],
    ['is needed by the handler', '/notes/missing', alice, 404, { code: 'not_found' }],
  ])('%s: GET %s', async (_what, path, user, status, answer) => {
    const { status: returned, body } = await get(path, user);
    expect(returned).toBe(status);
    expect(body).toMatchObject(answer);
  });

  it('is loaded by the function that a rule takes from the call', async () => {
    const { text } = await get('/notes/7/noted').expect(200);
    expect(text).toBe('in');
    await get('/notes/missing/noted').expect(403);
  });

  it('is loaded once for each request', async () => {
    await get('/documents/plan').expect(200);
    await get('/documents/plan').expect(200);
    expect(loader().asked).toEqual(['user-alice plan', 'user-alice plan']);
  });

  it('is shared below one root field, and by no two of a mutation', async () => {
    const { data } = await query('{ rows { title(documentId: "plan") } }');
    expect(data).toEqual({ rows: [{ title: 'plan' }, { title: 'shared' }, { title: 'plan' }] });
    expect(loader().asked).toEqual(['user-alice plan']);
    loader().asked.length = 0;
    const two = await query(
      'mutation { a: touch(documentId: "plan") { id title(documentId: "plan") } b: touch(documentId: "plan") { id } }',
    );
    expect(two.errors).toBeUndefined();
    expect(loader().asked).toEqual(['user-alice plan', 'user-alice plan']);
  });

  it('whose loader fails gives 500', async () => {
    loader().answer = () => Promise.reject(new Error('The database is gone'));
    const { body } = await get('/documents/plan').expect(500);
    expect(body.message).toBe('Internal server error');
  });

  it('is in the table, with who finds the organization by it', () => {
    const summaries = describeAccess(application.app).map(({ name, summary }) => [name, summary]);
    expect(Object.fromEntries(summaries)).toMatchObject({
      'GET /documents/:documentId':
        'members of the org found by document, editor of the document, with document',
      'GET /orgs/:orgId/documents/:documentId': 'members of the org in path orgId',
      'GET /notes/:noteId': 'optional user, with note',
    });
  });
});

describe('A rule that is shared', () => {
  beforeEach(() => void (rule().asked.length = 0));

  it('is asked once for all objects below a root field, by arguments and organization', async () => {
    const orgs = `inOrg(orgId: "${ACME_ID}")`;
    const { errors } = await query(`{ rows { owner since ${orgs} } others: rows { owner } }`);
    expect(errors).toBeUndefined();
    expect(rule().asked).toHaveLength(4);
    expect(rule().asked).toEqual(
      expect.arrayContaining([
        ['user-alice', undefined, 1],
        ['user-alice', undefined, 2],
        ['user-alice', ACME_ID, 1],
      ]),
    );
  });

  it('is asked again by each request', async () => {
    await query('{ rows { owner } }');
    await query('{ rows { owner } }', bob);
    expect(rule().asked).toEqual([
      ['user-alice', undefined, 1],
      ['user-bob', undefined, 1],
    ]);
  });
});
