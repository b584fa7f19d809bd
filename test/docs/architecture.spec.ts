import { existsSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { McpController, Tool } from '@rekog/mcp-nest';
import { PropelAuthModule, RequireOrgRole, RequireUser, type OrgSource } from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { graphqlModule, send } from '../support/graphql.js';
import { issuer } from '../support/guarded-application.js';
import { callOf, startMcpServer, textOf } from '../support/mcp-nest.js';
import { mcp } from '../support/mcp-options.js';
import { mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID, alice, headersOf } from '../support/project.js';

/** Where the sources are that the tests run: see test/runner/. */
const COMPILED = join(import.meta.dirname, '../..');

/** The folders of lib/, in the order of their imports. */
const { LAYERS } = (await import(resolve('.dependency-cruiser.mjs'))) as {
  LAYERS: readonly string[];
};

/** An organization that is looked up, as in a database. */
const orgOfInvoice: OrgSource = async () => ({ orgId: ACME_ID });

@Controller()
class HelloController {
  @Get()
  @RequireUser()
  hello() {
    return 'Hello';
  }

  @Get('invoice')
  @RequireOrgRole('Owner', { org: orgOfInvoice })
  invoice() {
    return 'Hello';
  }
}

@ObjectType()
class Greeting {
  @Field()
  language!: string;
}

@Resolver(() => Greeting)
class GreetingResolver {
  @Query(() => Greeting)
  @RequireUser()
  greeting(): Greeting {
    return { language: 'en' };
  }

  @ResolveField(() => String)
  text() {
    return 'Hello';
  }
}

@McpController()
class GreetingTools {
  @Tool({ name: 'hello', description: 'Greets.' })
  @RequireScope('read:reports')
  hello() {
    return 'Hello';
  }
}

/** The files of lib/ that a call runs through when it is made once more. */
async function filesOfWarm(call: () => Promise<unknown>): Promise<string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await call();
    // Taking the coverage resets the counts.
    await session.post('Profiler.takePreciseCoverage');
    await call();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
      .filter(({ url }) => url.startsWith('file:'))
      .map(({ url }) => relative(COMPILED, fileURLToPath(url)).replace(/\.js$/, '.ts'))
      .filter((file) => file.startsWith('lib/'))
      .toSorted();
  } finally {
    session.disconnect();
  }
}

async function filesOfHttp(path: string): Promise<string[]> {
  const { url } = await startApplication({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
    controllers: [HelloController],
  });
  const headers = await headersOf(issuer, alice);
  return filesOfWarm(() => request(url).get(path).set(headers).expect(200, 'Hello'));
}

async function filesOfGraphql(): Promise<string[]> {
  const application = await startApplication({
    imports: [PropelAuthModule.forRoot(issuer.moduleOptions), graphqlModule()],
    providers: [GreetingResolver],
  });
  const headers = await headersOf(issuer, alice);
  return filesOfWarm(async () => {
    const { data } = await send(application, '{ greeting { text } }', headers);
    expect(data).toEqual({ greeting: { text: 'Hello' } });
  });
}

async function filesOfMcp(): Promise<string[]> {
  const server = await startMcpServer([GreetingTools], { mcp: { ...mcp, cacheSeconds: 60 } });
  const token = server.token(mcpUser('alice', { ...ACME, role: 'Owner' }), ['read:reports']);
  return filesOfWarm(async () => {
    const { body } = await server.send(callOf('hello'), { token });
    expect(textOf(body)).toContain('Hello');
  });
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The folders of lib/ in the first column of the table that CONTRIBUTING.md has of them. */
function foldersIn(page: string): string[] {
  const [, rows = ''] = /^\| folder +\| contents +\|\n\|[- |]+\|\n((?:\|.*\n)*)/m.exec(page) ?? [];
  const cells = rows.split('\n').map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([\w*./-]+?)\/?`/g)].map(([, name]) => name ?? ''),
  );
}

describe('The architecture page', () => {
  const page = read('docs/contributing/architecture.md');
  const first = [...page.matchAll(/^\d+\. `(lib\/[\w./-]+)`/gm)].map(([, file]) => file ?? '');

  it('lists the files that a request with a cached token passes through, at most eleven', async () => {
    const files = await filesOfHttp('/');
    expect(files.length).toBeLessThanOrEqual(11);
    expect(first.toSorted()).toEqual(files);
  });

  it.each<[string, () => Promise<string[]>, string[]]>([
    ['An organization role', () => filesOfHttp('/invoice'), []],
    ['A GraphQL field', filesOfGraphql, []],
    ['A call of an MCP client', filesOfMcp, ['lib/callers/user/user-caller-kind.ts']],
  ])(
    'lists the files that a call passes through beside these: %s',
    async (heading, filesOf, notPassed) => {
      const files = await filesOf();
      expect(first.filter((file) => !files.includes(file))).toEqual(notPassed);
      expect(listedUnder(heading, page)).toEqual(files.filter((file) => !first.includes(file)));
    },
  );

  it('names only files and folders that exist', () => {
    const paths = [...page.matchAll(/`(lib\/[\w./-]+)`/g)].map(([, path]) => path ?? '');
    const added = [...page.matchAll(/^\/\/ (lib\/\S+)$/gm)].map(([, path]) => path ?? '');
    expect(paths.filter((path) => !existsSync(path) && !added.includes(path))).toEqual([]);
  });
});

/** The files in the list of a chapter. */
function listedUnder(heading: string, page: string): string[] {
  const [, chapter = ''] = new RegExp(`^### ${heading}\\n(.*?)^##`, 'ms').exec(page) ?? [];
  const items = chapter.match(/^- .*\n(?: {2}.*\n)*/gm) ?? [];
  return items
    .flatMap((item) => [...item.matchAll(/`(lib\/[\w./-]+)`/g)].map(([, file]) => file ?? ''))
    .toSorted();
}

describe('CONTRIBUTING.md', () => {
  it('shows the order of folders that the lint enforces', () => {
    expect(foldersIn(read('CONTRIBUTING.md'))).toEqual(LAYERS.toReversed());
  });
});
