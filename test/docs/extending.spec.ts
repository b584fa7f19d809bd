import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { Controller, Get, Injectable, SetMetadata, type INestApplication } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import type { PropelAuthPlugin } from 'nestjs-propelauth';
import request from 'supertest';
import ts from 'typescript';
import { startApplication, type RunningApplication } from '../support/application.js';
import { fileNameOf, readCodeBlocks } from '../support/code-blocks.js';
import { readProject } from '../support/compiler.js';
import { issuer } from '../support/guarded-application.js';
import { installCopy } from '../support/package-copy.js';
import { alice } from '../support/project.js';

const PAGE = 'docs/contributing/architecture.md';

const SERVICE_TOKEN = 'service-token-that-must-never-be-seen';

/** The sources that the page shows, by file. */
const shown = new Map(
  readCodeBlocks(PAGE).flatMap((block): [string, string][] => {
    const file = fileNameOf(block);
    return file === undefined ? [] : [[file, block.code]];
  }),
);

/** What the page adds to lists: the file, the line and the list. */
const lines = [
  ...readFileSync(PAGE, 'utf8').matchAll(/^In `(lib\/[\w./-]+)`, add `(\w+)` to `([A-Z_]+)`\.$/gm),
].map(([, file = '', name = '', list = '']) => ({ file, name, list }));

/** A file of the package with one more entry in a list, and with its import. */
function withLine({ file, name, list }: (typeof lines)[number]): string {
  const from = [...shown].find(([, code]) => exports(code, name))?.[0];
  const path = relative(dirname(file), from ?? '').replace(/\.ts$/, '.js');
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(
    new RegExp(`(?<=^(?:export )?const ${list}\\b[^;]*?),?\\s*(?=\\];)`, 'm'),
    `, ${name}`,
  );
  expect(changed).not.toBe(text);
  return `import { ${name} } from './${path}';\n${changed}`;
}

function exports(code: string, name: string): boolean {
  return new RegExp(`^export (?:class|function|const) ${name}\\b`, 'm').test(code);
}

/** The files of the page and those with one more line, compiled. */
function compiled(): Record<string, string> {
  const compilerOptions = {
    ...readProject('tsconfig.json').options,
    module: ts.ModuleKind.ESNext,
    noEmit: false,
  };
  const sources = [...shown, ...lines.map((line): [string, string] => [line.file, withLine(line)])];
  return Object.fromEntries(
    sources.map(([file, text]) => [
      file.replace(/\.ts$/, '.js'),
      ts.transpileModule(text, { compilerOptions }).outputText,
    ]),
  );
}

/** What the copy of the package has, the parts of the page included. */
type Extended = typeof import('nestjs-propelauth') & {
  readonly decisionCounts: (counts: Map<string, number>) => PropelAuthPlugin;
  readonly RequireProperty: (name: string) => MethodDecorator;
};

async function loadExtended(): Promise<Extended> {
  const load = installCopy({ changed: compiled() });
  return {
    ...(await load<Extended>()),
    ...(await load<Extended>('decision-counts')),
    ...(await load<Extended>('lib/rules/property/require-property.decorator.js')),
  };
}

/** Classes with the decorators of that copy. */
function handlersOf({ RequireCaller, RequireProperty, RequireUser }: Extended) {
  @Controller('reports')
  class ReportsController {
    @Get()
    @RequireCaller('service')
    list() {
      return 'reports';
    }

    @Get('beta')
    @RequireProperty('isTester')
    beta() {
      return 'beta';
    }
  }

  @Injectable()
  class Subscriber {
    @SetMetadata('RABBIT_HANDLER', { queue: 'orders' })
    @RequireUser()
    handle(content: unknown) {
      return `handled ${String(content)}`;
    }
  }

  return { ReportsController, Subscriber };
}

/** What the library makes of a handler, to which it hands the content and the message. */
function consumerOf(app: INestApplication, subscriber: object) {
  const { handle } = subscriber as Record<'handle', (...args: unknown[]) => unknown>;
  const none = undefined;
  return app
    .get(ExternalContextCreator)
    .create(subscriber, handle, 'handle', none, none, none, none, none, 'rmq' as 'http');
}

describe('The examples of the architecture page', () => {
  const counts = new Map<string, number>();
  const callers: unknown[] = [];
  let extended: Extended;
  let application: RunningApplication;
  let consume: ReturnType<typeof consumerOf>;

  beforeAll(async () => {
    process.env['SERVICE_TOKEN'] = SERVICE_TOKEN;
    extended = await loadExtended();
    const { PropelAuthModule, PropelAuthService, decisionCounts } = extended;
    const { ReportsController, Subscriber } = handlersOf(extended);
    const plugins = [decisionCounts(counts)];
    application = await startApplication(
      {
        imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, plugins })],
        controllers: [ReportsController],
        providers: [Subscriber],
      },
      (app) =>
        app.useGlobalInterceptors({
          intercept: async (context, next) => {
            callers.push(await app.get(PropelAuthService).identify(context));
            return next.handle();
          },
        }),
    );
    consume = consumerOf(application.app, application.app.get(Subscriber));
  });

  beforeEach(() => {
    counts.clear();
    callers.length = 0;
  });

  it('add a transport with a folder and a line', async () => {
    const token = await issuer.accessToken(alice);
    await expect(consume('order', { token })).resolves.toBe('handled order');
    await expect(consume('order', {})).rejects.toMatchObject({
      reason: 'token_missing',
    });
    await expect(consume('order', { token: 'x' })).rejects.toMatchObject({
      reason: 'token_malformed',
    });
  });

  it('add a kind of caller with a folder and a line', async () => {
    const { url, app } = application;
    const list = (token: string) => request(url).get('/reports').auth(token, { type: 'bearer' });
    await list(SERVICE_TOKEN).expect(200, 'reports');
    expect(callers).toEqual([{ kind: 'service', userId: 'billing', key: 'user:billing' }]);
    await list('another-token').expect(401);
    await list(await issuer.accessToken(alice)).expect(401);
    await request(url).get('/reports').expect(401);
    expect(extended.describeAccess(app)).toContainEqual(
      expect.objectContaining({ name: 'GET /reports', summary: 'service' }),
    );
  });

  it('add a rule with a folder and a line', async () => {
    const { url, app } = application;
    const beta = async (properties: Record<string, boolean>) => {
      const token = await issuer.accessToken({ ...alice, properties });
      return request(url).get('/reports/beta').auth(token, { type: 'bearer' });
    };
    expect(await beta({ isTester: true })).toMatchObject({ status: 200, text: 'beta' });
    expect(await beta({})).toMatchObject({ status: 403 });
    expect(extended.describeAccess(app)).toContainEqual(
      expect.objectContaining({
        name: 'GET /reports/beta',
        summary: 'user, with property isTester',
        rules: { property: ['isTester'] },
      }),
    );
  });

  it('add a plugin with a folder and a line', async () => {
    expect(readFileSync(PAGE, 'utf8')).toContain('add `decisionCounts(counts)` to `plugins`');
    await request(application.url).get('/reports').expect(401);
    await consume('order', {}).catch(() => undefined);
    await consume('order', { token: await issuer.accessToken(alice) });
    expect(Object.fromEntries(counts)).toEqual({
      'http rejected': 1,
      'rabbitmq allowed': 1,
      'rabbitmq rejected': 1,
    });
  });
});
