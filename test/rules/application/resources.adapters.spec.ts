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
  fromParent,
  OptionalUser,
  orgFromArgs,
  orgOf,
  RequireOrgMember,
  RequireUser,
  type AccessCall,
  type AccessRule,
  type ResourceCall,
  type ResourceLoader,
  type ValueSource,
} from 'nestjs-propelauth';
import { beforeTests } from '../../support/application.js';
import { graphqlModule } from '../../support/graphql.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, bob, GLOBEX_ID } from '../../support/project.js';

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

/** Asks for the row that another one names, which is none. */
@Injectable()
class ParentRule implements AccessRule {
  readonly name = 'parent';

  async authorize(call: AccessCall) {
    const parentId: string | undefined = undefined;
    return (await call.load(NoteLoader, parentId)) !== null;
  }
}

const RequireParent = accessRule(ParentRule);

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

/** Reads more than the id of its rows, which are shared by id. */
@Injectable()
class IssueLoader implements ResourceLoader<{ id: string }> {
  readonly name = 'issue';
  readonly id = fromParam('noteId');
  reads: ValueSource = fromParam('noteId');

  load(call: ResourceCall) {
    const id = call.read(this.reads);
    return id === undefined ? null : { id };
  }
}

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

  @Get('notes/:noteId/parent')
  @RequireUser()
  @RequireParent()
  parent() {
    return 'in';
  }

  @Get('notes/:noteId/noted')
  @RequireUser()
  @RequireNoted()
  noted() {
    return 'in';
  }

  @Get('notes/:noteId/issue')
  @RequireUser()
  issue(@CurrentResource(IssueLoader) issue: object) {
    return issue;
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
    providers: [
      DocumentLoader,
      NoteLoader,
      IssueLoader,
      ParentRule,
      NotedRule,
      EditorRule,
      MemberRule,
      RowsResolver,
    ],
  }),
);

const loader = () => application.app.get(DocumentLoader);
const rule = () => application.app.get(MemberRule);
const get = (path: string, user = alice as typeof alice | null) =>
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
  it('names the organization, is there for rules, and comes to the handler: one query', async () => {
    await get('/documents/plan').expect(200, DOCS['plan'] as Doc);
    expect(loader().asked).toEqual(['user-alice plan']);
  });

  it('that is missing, and one of another organization, get the same response', async () => {
    const missing = await get('/documents/missing').expect(403);
    const foreign = await get('/documents/secret').expect(403);
    expect(foreign.body).toEqual(missing.body);
    expect(foreign.body.code).toBe('org_access_denied');
  });

  it('is what a rule decides by', async () => {
    await get('/documents/shared', bob).expect(200);
    const { body } = await get('/documents/plan', bob).expect(403);
    expect(body.code).toBe('not_an_editor');
  });

  it('of another organization than the call’s counts as none', async () => {
    for (const id of ['plan', 'secret', 'missing']) {
      const { body } = await get(`/orgs/${ACME_ID}/documents/${id}`).expect(200);
      expect(body).toEqual({ document: id === 'plan' ? DOCS['plan'] : null });
    }
  });

  it('that a handler needs is missing: 404, also without a caller', async () => {
    await get('/notes/7', null).expect(200, { id: '7' });
    const { body } = await get('/notes/missing').expect(404);
    expect(body.code).toBe('not_found');
  });

  it('is none where a rule names none, whatever the client names', async () => {
    await get('/notes/7').expect(200);
    const { body } = await get('/notes/7/parent').expect(403);
    expect(body.code).toBe('access_denied');
  });

  it('is loaded by the function that a rule takes from the call', async () => {
    const { text } = await get('/notes/7/noted').expect(200);
    expect(text).toBe('in');
    await get('/notes/missing/noted').expect(403);
  });

  it('may be loaded by more of the request, and by nothing that differs between those who share it', async () => {
    const issues = application.app.get(IssueLoader);
    await get('/notes/7/issue').expect(200, { id: '7' });
    for (const source of [fromInput('noteId'), fromParent('noteId')]) {
      issues.reads = source;
      expect((await get('/notes/7/issue')).status).toBe(500);
    }
  });

  it('is loaded again for each request', async () => {
    await get('/documents/plan').expect(200);
    await get('/documents/plan').expect(200);
    expect(loader().asked).toHaveLength(2);
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
