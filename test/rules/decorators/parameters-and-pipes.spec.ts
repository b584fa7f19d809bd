import {
  BadRequestException,
  ValidationPipe,
  type ArgumentMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import * as common from '@nestjs/common';
import * as transformer from 'class-transformer';
import * as validator from 'class-validator';
import * as propelAuth from 'nestjs-propelauth';
import { PropelAuthModule } from 'nestjs-propelauth';
import { map } from 'rxjs';
import type { KnownCaller } from '../../../lib/decision/decision.js';
import { findCaller } from '../../../lib/decision/kept-decisions.js';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { Backend } from '../../support/backend.js';
import {
  compileWithSwc,
  compileWithTsc,
  load,
  loadWithLateTypes,
  type Exports,
} from './compiled-module.js';
import { issuer, request } from '../../support/guarded-application.js';
import { ACME_ID, alice } from '../../support/project.js';

const CONTROLLER = 'test/rules/decorators/callers.controller.ts';
const IMPORTS = {
  '@nestjs/common': common,
  'class-transformer': transformer,
  'class-validator': validator,
  'nestjs-propelauth': propelAuth,
};

const profiled = { ...alice, properties: { favorite: 'tea' } };

/** The pipe of Nest's documentation. */
class DocumentedValidationPipe implements PipeTransform<unknown> {
  async transform(value: unknown, { metatype }: ArgumentMetadata) {
    if (!metatype || !this.toValidate(metatype)) {
      return value;
    }
    const object = transformer.plainToInstance(metatype, value);
    const errors = await validator.validate(object as object);
    if (errors.length > 0) {
      throw new BadRequestException('Validation failed');
    }
    return value;
  }

  private toValidate(metatype: Function): boolean {
    const types: Function[] = [String, Boolean, Number, Array, Object];
    return !types.includes(metatype);
  }
}

/** And whether it makes instances. */
const pipes: [string, () => PipeTransform, boolean][] = [
  ['the ValidationPipe of the documentation', () => new DocumentedValidationPipe(), false],
  [
    'a ValidationPipe that validates custom decorators',
    () => new ValidationPipe({ validateCustomDecorators: true, transform: true, whitelist: true }),
    true,
  ],
];

const byTsc = compileWithTsc(CONTROLLER);
const bySwc = compileWithSwc(CONTROLLER);
const compilers: [string, () => Exports][] = [
  ['by tsc', () => load(byTsc, IMPORTS)],
  ['by swc', () => load(bySwc, IMPORTS)],
  ['with types after decorators', () => loadWithLateTypes(bySwc, IMPORTS)],
];

/** What the guard found, and what handlers returned. */
let found: KnownCaller | undefined;
let returned: unknown;

/** Handlers return what they were given; the client gets nothing of it. */
class RecordingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    found = findCaller(context);
    return next.handle().pipe(map((value) => void (returned = value)));
  }
}

const setUps = pipes.flatMap(([pipe, createPipe, isTransforming]) =>
  compilers.map(([compiler, compile]) => ({ pipe, createPipe, isTransforming, compiler, compile })),
);

describe.each(setUps)('Under $pipe, compiled $compiler,', (setUp) => {
  let backend: Backend;
  let application: RunningApplication;

  beforeAll(async () => {
    backend = await Backend.start();
    backend.apiKeys.set('key', {
      status: 200,
      body: { org: { org_id: ACME_ID }, metadata: { purpose: 'script' } },
    });
    const { CallersController } = setUp.compile();
    application = await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [CallersController as Type],
      },
      (app) =>
        app.useGlobalPipes(setUp.createPipe()).useGlobalInterceptors(new RecordingInterceptor()),
    );
  });

  beforeEach(() => {
    found = undefined;
    returned = undefined;
  });

  it.each<[string, string, (caller: KnownCaller) => unknown]>([
    ['@CurrentUser()', '/user', ({ user }) => user],
    ['@CurrentUser() whose type is imported as a type', '/type-of-user', ({ user }) => user],
    ['a property of @CurrentUser()', '/property', ({ user }) => user?.properties],
    ['@CurrentUser() of an inherited method', '/inherited', ({ user }) => user],
    ['@CurrentUser() of an overridden method', '/overridden', ({ user }) => user],
    ['@CurrentOrg()', `/orgs/${ACME_ID}`, ({ org }) => org],
    ['a property of @CurrentOrg()', `/orgs/${ACME_ID}/metadata`, ({ org }) => org?.orgMetadata],
  ])('%s is injected unchanged', async (_what, path, pick) => {
    await request(application.url, profiled).get(path).expect(200);
    expect(returned).toEqual(expect.any(Object));
    expect(returned).toBe(pick(found as KnownCaller));
  });

  it('@CurrentUser() is null for an unauthenticated request', async () => {
    await request(application.url).get('/optional-user').expect(200);
    expect(found).toMatchObject({ user: null });
    expect(returned).toBeNull();
  });

  it('@CurrentApiKey() is injected unchanged', async () => {
    await request(application.url).get('/api-key').set('Authorization', 'Bearer key').expect(200);
    expect(returned).toMatchObject({ metadata: { purpose: 'script' } });
    expect(returned).toBe(found?.identified?.describe().apiKey);
  });

  it.each([
    ['@CurrentUser()', '/piped-property', 'ALICE@EXAMPLE.COM'],
    ['@CurrentOrg()', `/orgs/${ACME_ID}/piped-name`, 'ACME INC'],
  ])('a pipe of %s gets the value', async (_decorator, path, value) => {
    await request(application.url, alice).get(path).expect(200);
    expect(returned).toBe(value);
  });

  async function post(path: string, body: object) {
    return request(application.url, alice).post(path).send(body);
  }

  it.each(['/notes', '/replaced-parameter'])('a body is still validated: %s', async (path) => {
    expect((await post(path, { text: 1, due: '2030-01-01' })).status).toBe(400);
  });

  const note = { text: 'Call', due: '2030-01-01T00:00:00.000Z', isAdmin: true };
  const described = setUp.isTransforming
    ? { isNote: true, isDate: true, keys: ['text', 'due'] }
    : { isNote: false, isDate: false, keys: ['text', 'due', 'isAdmin'] };

  it('a body next to a caller parameter is still transformed', async () => {
    expect((await post('/notes', note)).status).toBe(201);
    expect(returned).toEqual([found?.user, alice['email'], described]);
    expect((returned as unknown[])[0]).toBe(found?.user);
  });

  it('a body that replaces an overridden @CurrentUser() is transformed', async () => {
    expect((await post('/replaced-parameter', note)).status).toBe(201);
    expect(returned).toEqual(described);
  });
});
