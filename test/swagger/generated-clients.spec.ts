import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, DocumentBuilder } from '@nestjs/swagger';
import {
  activeOrg,
  CurrentOrg,
  OptionalUser,
  orgFromBody,
  orgFromHeader,
  orgFromQuery,
  orgNameFromParam,
  RequireOrgMember,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { build } from 'esbuild';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, bob, dave } from '../support/project.js';
import { messagesOf } from '../support/compiler.js';
import { decorateHandler } from '../support/routes.js';

class Found {
  @ApiProperty()
  orgId!: string;
}

class Note {
  @ApiProperty()
  text!: string;
}

/** Routes that answer the organization that their rule reads. */
const ROUTES: Record<string, MethodDecorator[]> = {
  path: [Get('path/:orgId'), RequireOrgMember()],
  name: [Get('name/:orgName'), RequireOrgMember({ org: orgNameFromParam() })],
  query: [Get('query'), RequireOrgMember({ org: orgFromQuery() })],
  header: [Get('header'), RequireOrgMember({ org: orgFromHeader('x-org-id') })],
  body: [Post('body'), RequireOrgMember({ org: orgFromBody('orgId') })],
  token: [Get('token'), RequireOrgMember({ org: activeOrg() })],
};

@Controller()
class OrgController {
  @Post('dto')
  @HttpCode(200)
  @RequireOrgMember({ org: orgFromBody('orgId') })
  @ApiOkResponse({ type: Found })
  dto(@CurrentOrg('orgId') orgId: string, @Body() _note: Note): Found {
    return { orgId };
  }

  @Get('optional')
  @OptionalUser()
  optional() {}
}

for (const [name, decorators] of Object.entries(ROUTES)) {
  const value = { [name]: (orgId: string): Found => ({ orgId }) }[name];
  Object.defineProperty(OrgController.prototype, name, { value, configurable: true });
  CurrentOrg('orgId')(OrgController.prototype, name, 0);
  decorateHandler(
    OrgController,
    name,
    ...decorators,
    HttpCode(200),
    ApiOkResponse({ type: Found }),
  );
}

/** What a call of each operation answers: the organization, and the status. */
type Answers = [orgId: string | undefined, status: number][];
type CallEach = (baseUrl: string, orgId: string, authorization: string) => Promise<Answers>;

/** Calls each operation with the parameter that its rule reads. Without it, no call compiles. */
const WITH_OPENAPI_FETCH = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.js';

export async function callEach(baseUrl: string, orgId: string, authorization: string) {
  const client = createClient<paths>({ baseUrl, headers: { authorization } });
  const answers = [
    await client.GET('/path/{orgId}', { params: { path: { orgId } } }),
    await client.GET('/name/{orgName}', { params: { path: { orgName: 'acme-inc' } } }),
    await client.GET('/query', { params: { query: { orgId } } }),
    await client.GET('/header', { params: { header: { 'x-org-id': orgId } } }),
    await client.POST('/body', { body: { orgId } }),
    await client.POST('/dto', { body: { orgId, text: '' } }),
    await client.GET('/token'),
  ];
  return answers.map(({ data, response }) => [data?.orgId, response.status]);
}

export async function withoutTheOrganization() {
  const client = createClient<paths>({});
  // @ts-expect-error
  await client.GET('/path/{orgId}');
  // @ts-expect-error
  await client.GET('/name/{orgName}');
  // @ts-expect-error
  await client.GET('/query');
  // @ts-expect-error
  await client.GET('/header');
  // @ts-expect-error
  await client.POST('/body', { body: {} });
  // @ts-expect-error
  await client.POST('/dto', { body: { text: '' } });
}

export async function withItsRejection() {
  const { error } = await createClient<paths>({}).GET('/token');
  return error?.reason satisfies string | undefined;
}

type Statuses<Path extends keyof paths> = keyof NonNullable<paths[Path]['get']>['responses'];
export const rejected: Statuses<'/token'> = 403;
// @ts-expect-error -- an optional user is never rejected
export const neverRejected: Statuses<'/optional'> = 401;
`;

const WITH_HEY_API = `
import * as api from './sdk/index.js';
import { client } from './sdk/client.gen.js';

export async function callEach(baseUrl: string, orgId: string, authorization: string) {
  client.setConfig({ baseUrl, headers: { authorization } });
  const answers = [
    await api.orgControllerPath({ path: { orgId } }),
    await api.orgControllerName({ path: { orgName: 'acme-inc' } }),
    await api.orgControllerQuery({ query: { orgId } }),
    await api.orgControllerHeader({ headers: { 'x-org-id': orgId } }),
    await api.orgControllerBody({ body: { orgId } }),
    await api.orgControllerDto({ body: { orgId, text: '' } }),
    await api.orgControllerToken(),
  ];
  return answers.map(({ data, response }) => [data?.orgId, response?.status]);
}

export async function withoutTheOrganization() {
  // @ts-expect-error
  await api.orgControllerPath({});
  // @ts-expect-error
  await api.orgControllerName({});
  // @ts-expect-error
  await api.orgControllerQuery({});
  // @ts-expect-error
  await api.orgControllerHeader({});
  // @ts-expect-error
  await api.orgControllerBody({ body: {} });
  // @ts-expect-error
  await api.orgControllerDto({ body: { text: '' } });
}
`;

const application = await startGuarded({ controllers: [OrgController] });
const document = PropelAuthSwagger.createDocument(
  application.app,
  new DocumentBuilder().setTitle('Test').setVersion('1').build(),
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'generated-clients-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The options of a front end. */
const IN_A_BROWSER: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** What the compiler says about a file of the folder. */
function complaintsAbout(file: string): string[] {
  const program = ts.createProgram([file], IN_A_BROWSER);
  return messagesOf(ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
}

async function load(file: string): Promise<CallEach> {
  const outfile = file.replace('.ts', '.mjs');
  await build({ entryPoints: [file], bundle: true, format: 'esm', outfile, logLevel: 'silent' });
  const { callEach } = (await import(pathToFileURL(outfile).href)) as { callEach: CallEach };
  return callEach;
}

/** Generates a client of the document into the folder. */
type Generate = () => Promise<unknown>;

const GENERATORS: [name: string, generate: Generate, client: string][] = [
  [
    'openapi-typescript',
    async () => {
      const schema = astToString(await openapiTS(structuredClone(document) as never));
      writeFileSync(join(folder, 'schema.ts'), schema);
    },
    WITH_OPENAPI_FETCH,
  ],
  [
    '@hey-api/openapi-ts',
    () =>
      createClient({
        input: structuredClone(document) as never,
        output: join(folder, 'sdk'),
        plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
        logs: { level: 'silent' },
      }),
    WITH_HEY_API,
  ],
];

describe.each(GENERATORS)('A client made by %s', (_name, generate, client) => {
  let file: string;

  beforeAll(async () => {
    await generate();
    file = join(folder, `client-${GENERATORS.findIndex(([, one]) => one === generate)}.ts`);
    writeFileSync(file, client);
  });

  it('compiles only with the organization that each rule reads', () => {
    expect(complaintsAbout(file)).toEqual([]);
  });

  it('calls each operation as a member, and is rejected otherwise', async () => {
    const callEach = await load(file);
    const asMember = await issuer.authorization({ ...bob, activeOrgId: ACME_ID });
    const allowed = await callEach(application.url, ACME_ID, asMember);
    expect(allowed).toEqual(Array.from({ length: 7 }, () => [ACME_ID, 200]));
    const asOther = await issuer.authorization(dave);
    const rejected = await callEach(application.url, ACME_ID, asOther);
    expect(rejected).toEqual(Array.from({ length: 7 }, () => [undefined, 403]));
  });
});
