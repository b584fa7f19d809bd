import {
  All,
  Controller,
  Get,
  Head,
  Module,
  Options,
  Post,
  Redirect,
  Render,
  Res,
  Scope,
  Sse,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type Type,
  type VersioningOptions,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { Public, RequireOrgMember, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';
import { classOf } from '../../support/routes.js';

const isFastify = globalThis.HTTP_ADAPTER === 'fastify';
const user = RequireUser();

const formsController = classOf('FormsController', [Controller('forms'), user], {
  paths: [Get(['one', 'two'])],
  all: [All('all')],
  head: [Head('head')],
  options: [Options('options')],
  wildcard: [Get(isFastify ? 'files/*' : 'files/*path')],
  events: [Sse('events')],
  response: [Get('response')],
  page: [Get('page'), Render('page')],
  redirect: [Get('elsewhere'), Redirect('https://example.com')],
});
Res()(formsController.prototype as object, 'response', 0);

const ofOrg = Controller({ path: 'scoped/:orgId', scope: Scope.REQUEST });
const scopedController = classOf('ScopedController', [ofOrg, RequireOrgMember()], {
  show: [Get()],
});

const ofHost = Controller({ path: 'hosted', host: [':tenant.example.com', 'example.org'] });
const hostedController = classOf('HostedController', [ofHost], { show: [Get(), user] });

const versionsController = classOf('VersionsController', [Controller('versions')], {
  show: [Get(), user, Version(['1', '2'])],
});

function releaseOf(request: unknown): string {
  return (request as { headers: Record<string, string> }).headers['x-release'] ?? '';
}

const uriVersionsController = classOf('UriVersionsController', [Controller('versions')], {
  old: [Get(), user, Version(['1', '2'])],
  next: [Get(), Public(), Version(['3'])],
  neutral: [Post(), user, Version([VERSION_NEUTRAL, '3'])],
});

describe('toHold() calls', () => {
  it('every form of a route, behind prefixes', async () => {
    @Module({ controllers: [formsController, scopedController] })
    class FormsModule {}
    const { app } = await startMatrixApplication({
      imports: [
        FormsModule,
        RouterModule.register([{ path: 'forms-module', module: FormsModule }]),
      ],
      prepare: (application) => application.setGlobalPrefix('api'),
    });
    await expectAccess(app).toHold();
  });

  it.each<{
    what: string;
    controllers: Type[];
    versioning?: VersioningOptions;
    headers: Record<string, string>;
  }>([
    {
      what: 'a host',
      controllers: [hostedController],
      headers: { host: 'acme.example.com' },
    },
    {
      what: 'a version in a header',
      controllers: [versionsController],
      versioning: { type: VersioningType.HEADER, header: 'X-Version' },
      headers: { 'x-version': '2' },
    },
    {
      what: 'a version in Accept',
      controllers: [versionsController],
      versioning: { type: VersioningType.MEDIA_TYPE, key: 'v=' },
      headers: { accept: 'application/json;v=2' },
    },
    {
      what: 'a version of an extractor of the application',
      controllers: [versionsController],
      versioning: { type: VersioningType.CUSTOM, extractor: releaseOf },
      headers: { 'x-release': '2' },
    },
  ])(
    'routes of $what with the headers from argsFor, and says so',
    async ({ controllers, versioning, headers }) => {
      const { app } = await startMatrixApplication({
        controllers,
        prepare: (application) => versioning && application.enableVersioning(versioning),
      });
      const message = await messageOf(expectAccess(app).toHold());
      expect(message).toContain('was not tried.');
      expect(message).toContain(
        'No route or operation takes the call, or something in front of the guard throws. Return the parameters, arguments, host or version',
      );
      await expectAccess(app).toHold({
        argsFor: () => ({ headers }),
      });
    },
  );

  it('every version in the URI', async () => {
    const { app } = await startMatrixApplication({
      controllers: [uriVersionsController],
      prepare: (application) => application.enableVersioning({ type: VersioningType.URI }),
    });
    expect((await expectAccess(app).toHold()).tried).toHaveLength(5);
  });

  it('optional parts of a path, and no regular expressions of Fastify, which except has to list', async () => {
    const pattern = isFastify ? 'patterns/:year(^\\d{4}$)' : 'patterns{/:year}/list';
    const patternsController = classOf('PatternsController', [Controller()], {
      list: [Get(pattern), user],
      all: [Get('all/:name'), user],
    });
    const { app } = await startMatrixApplication({ controllers: [patternsController] });
    const unfilled = 'GET /patterns/:year(^\\d{4}$) (PatternsController.list)';
    const review = expectAccess(app)
      .toHold()
      .then(({ tried }) => tried.join(), String);
    expect(await review).toContain(
      isFastify ? `except: [\n  "${unfilled.replace('\\', '\\\\')}",\n]` : 'list',
    );
    expect(await review).toContain(isFastify ? 'Its path has more than parameters' : 'list');
    const { tried } = await expectAccess(app).toHold({ except: isFastify ? [unfilled] : [] });
    expect(tried).toContain('GET /all/:name (PatternsController.all)');
  });

  it('routes that another one hides, and names that one', async () => {
    // Fastify has no two routes of one pattern, but a fixed path goes before a parameter.
    const hiding = classOf('HidingController', [Controller('reports')], {
      show: [Get(isFastify ? 'to-hold' : ':id'), Public()],
    });
    const hidden = classOf('HiddenController', [Controller('reports')], {
      list: [Get(':reportId'), user],
    });
    const { app } = await startMatrixApplication({ controllers: [hiding, hidden] });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'GET /reports/:reportId (HiddenController.list) is not reached: HidingController.show answers instead.',
    );
  });
});
