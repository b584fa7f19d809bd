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

  it('routes of a host', async () => {
    const { app } = await startMatrixApplication({ controllers: [HostedController] });
    await expectAccess(app).toHold();
  });

  it.each([
    { in: 'the URI', versioning: { type: VersioningType.URI } as const },
    { in: 'a header', versioning: { type: VersioningType.HEADER, header: 'X-Version' } as const },
    { in: 'Accept', versioning: { type: VersioningType.MEDIA_TYPE, key: 'v=' } as const },
  ])('every version in $in', async ({ versioning }) => {
    const { app } = await startMatrixApplication({
      controllers: [VersionsController],
      prepare: (application) => application.enableVersioning(versioning),
    });
    await expectAccess(app).toHold();
  });

  it('no versions of an extractor of the application, and says so', async () => {
    const { app } = await startMatrixApplication({
      controllers: [VersionsController],
      prepare: (application) =>
        application.enableVersioning({
          type: VersioningType.CUSTOM,
          extractor: (request) =>
            (request as { headers: Record<string, string> }).headers['x-release'] ?? '',
        }),
    });
    const message = await messageOf(expectAccess(app).toHold({ except: ['POST /versions'] }));
    expect(message).toContain('Each of these 2 handlers was not tried.');
    expect(message).toContain('Return what it reads from argsFor, such as headers.');
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
    const { tried } = await expectAccess(app).toHold({ except: isFastify ? [unfilled] : [] });
    expect(tried).toContain('GET /all/:name (PatternsController.all)');
  });
});
