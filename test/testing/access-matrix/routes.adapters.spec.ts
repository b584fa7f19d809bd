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
  StreamableFile,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type Type,
  type VersioningOptions,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { Public, RequireOrgMember, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { EMPTY } from 'rxjs';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';

@Controller('forms')
@RequireUser()
class FormsController {
  @Get(['one', 'two'])
  paths() {}

  @All('all')
  all() {}

  @Head('head')
  head() {}

  @Options('options')
  options() {}

  @Get(globalThis.HTTP_ADAPTER === 'fastify' ? 'files/*' : 'files/*path')
  wildcard() {}

  @Sse('events')
  events() {
    return EMPTY;
  }

  @Get('response')
  response(@Res() _response: unknown) {}

  @Get('page')
  @Render('page')
  page() {}

  @Get('elsewhere')
  @Redirect('https://example.com')
  redirect() {}

  @Get('stream')
  stream() {
    return new StreamableFile(Buffer.from('a file'));
  }
}

@Controller({ path: 'scoped/:orgId', scope: Scope.REQUEST })
@RequireOrgMember()
class ScopedController {
  @Get()
  show() {}
}

@Controller({ path: 'hosted', host: [':tenant.example.com', 'example.org'] })
class HostedController {
  @Get()
  @RequireUser()
  show() {}
}

@Controller('versions')
class VersionsController {
  @Get()
  @Version(['1', '2'])
  @RequireUser()
  show() {}
}

function releaseOf(request: unknown): string {
  return (request as { headers: Record<string, string> }).headers['x-release'] ?? '';
}

@Controller('versions')
class UriVersionsController {
  @Get()
  @Version(['1', '2'])
  @RequireUser()
  old() {}

  @Get()
  @Version(['3'])
  @Public()
  next() {}

  @Post()
  @Version([VERSION_NEUTRAL, '3'])
  @RequireUser()
  neutral() {}
}

const isFastify = globalThis.HTTP_ADAPTER === 'fastify';

describe('toHold() calls', () => {
  it('every form of a route, behind prefixes', async () => {
    @Module({ controllers: [FormsController, ScopedController] })
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
      controllers: [HostedController],
      headers: { host: 'acme.example.com' },
    },
    {
      what: 'a version in a header',
      controllers: [VersionsController],
      versioning: { type: VersioningType.HEADER, header: 'X-Version' },
      headers: { 'x-version': '2' },
    },
    {
      what: 'a version in Accept',
      controllers: [VersionsController],
      versioning: { type: VersioningType.MEDIA_TYPE, key: 'v=' },
      headers: { accept: 'application/json;v=2' },
    },
    {
      what: 'a version of an extractor of the application',
      controllers: [VersionsController],
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
      controllers: [UriVersionsController],
      prepare: (application) => application.enableVersioning({ type: VersioningType.URI }),
    });
    expect((await expectAccess(app).toHold()).tried).toHaveLength(5);
  });

  it('optional parts of a path, and no regular expressions of Fastify, which except has to list', async () => {
    @Controller()
    class PatternsController {
      @Get(isFastify ? 'patterns/:year(^\\d{4}$)' : 'patterns{/:year}/list')
      @RequireUser()
      list() {}

      @Get('all/:name')
      @RequireUser()
      all() {}
    }
    const { app } = await startMatrixApplication({ controllers: [PatternsController] });
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
    @Controller('reports')
    class HidingController {
      // Fastify has no two routes of one pattern, but a fixed path goes before a parameter.
      @Get(isFastify ? 'to-hold' : ':id')
      @Public()
      show() {}
    }
    @Controller('reports')
    class HiddenController {
      @Get(':reportId')
      @RequireUser()
      list() {}
    }
    const { app } = await startMatrixApplication({
      controllers: [HidingController, HiddenController],
    });
    expect(await messageOf(expectAccess(app).toHold())).toContain(
      'GET /reports/:reportId (HiddenController.list) is not reached: HidingController.show answers instead.',
    );
  });
});
