import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  Catch,
  ClassSerializerInterceptor,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  Inject,
  Injectable,
  type MessageEvent,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  Param,
  ParseFilePipe,
  ParseIntPipe,
  Post,
  Redirect,
  Render,
  Sse,
  UploadedFile,
  UseFilters,
  UseInterceptors,
  ValidationPipe,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { FileInterceptor } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags, DocumentBuilder } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import type { NextFunction, Request, Response } from 'express';
import {
  activeOrg,
  CurrentUser,
  DenyImpersonation,
  getCurrentUser,
  OptionalUser,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUserOrApiKey,
  type User,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { map, NEVER, type Observable } from 'rxjs';
import type { AccessCase } from '../support/removed-rules/access-case.js';
import { AUTH_URL } from '../support/project.js';
import { propelAuth } from './settings.js';

/* What the samples in Nest's own repository put around routes, with access decorators. Their numbers are Nest's. Nobody runs a handler. */

class Cat {
  @IsString()
  @ApiProperty({ example: 'Maine Coon', description: 'The breed of the cat' })
  readonly breed!: string;
}

function log(_request: Request, response: Response, next: NextFunction) {
  response.setHeader('x-logged', 'yes');
  next();
}

@Injectable()
class TransformInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<unknown>): Observable<object> {
    return next.handle().pipe(map((data) => ({ data })));
  }
}

@Injectable()
class LoggingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle();
  }
}

@Catch(HttpException)
class HttpExceptionFilter implements ExceptionFilter<HttpException> {
  catch(exception: HttpException, host: ArgumentsHost) {
    const statusCode = exception.getStatus();
    const response = host.switchToHttp().getResponse<Response>();
    response.status(statusCode).json({ statusCode, message: exception.message });
  }
}

/** 01-cats-app: middleware, interceptors, pipes and an exception filter. */
@Controller('cats')
@UseFilters(HttpExceptionFilter)
@UseInterceptors(LoggingInterceptor)
class CatsController {
  @Post()
  @RequireOrgRole('Admin', { org: activeOrg() }) // instead of its RolesGuard
  create(@Body() _cat: Cat) {}

  @Get()
  @Public()
  findAll() {}

  @Get(':id')
  findOne(@Param('id', ParseIntPipe) _id: number) {}
}

/** 11-swagger: cats of an organization, and a page that documents them. */
@ApiTags('cats')
@Controller('orgs/:orgId/cats')
@RequireOrgMember()
class DocumentedController {
  @Post()
  @ApiOperation({ summary: 'Create cat' })
  @ApiResponse({ status: 403, description: 'Forbidden.' })
  @RequireOrgRole('Admin')
  create(@Body() _cat: Cat) {}

  @Get('breeds')
  @Public()
  breeds() {}

  @Get(':id')
  @ApiResponse({ status: 200, type: Cat })
  findOne(@Param('id') _id: string) {}
}

/** 15-mvc: pages that the server renders. Calls of `toHold()` need no engine, because they render nothing. */
@Controller('pages')
class PagesController {
  @Get()
  @OptionalUser()
  @Render('index')
  root(@CurrentUser() _user: User | null) {}

  @Get('reports')
  @RequireOrgMember({ org: activeOrg() })
  @Render('reports')
  reports() {}
}

/** 19-auth-jwt: `requireUserByDefault` replaces its global `AuthGuard`, and `@Public()` its own `@Public()`. */
@Controller('auth')
class AuthController {
  /** PropelAuth has the page that takes the password. */
  @Get('login')
  @Public()
  @Redirect(`${AUTH_URL}/login`)
  signIn() {}

  @Get('profile')
  getProfile(@CurrentUser() _user: User) {}

  @Get('sessions')
  @DenyImpersonation()
  listSessions(@CurrentUser('userId') _userId: string) {}
}

/** 20-cache: Nest's `CacheInterceptor` in front of what is the same for all, and one with the user in its key. */
@Controller('cache')
@UseInterceptors(CacheInterceptor)
class CachedController {
  @Get()
  @Public()
  findAll() {}
}

@Injectable()
class CallerCacheInterceptor extends CacheInterceptor {
  protected override trackBy(context: ExecutionContext) {
    return JSON.stringify([super.trackBy(context), getCurrentUser(context)]);
  }
}

@Controller('orgs/:orgId/reports')
@RequireOrgMember()
@UseInterceptors(CallerCacheInterceptor)
class ReportsController {
  @Get()
  findAll() {}
}

/** 21-serializer: an interceptor that leaves properties out of the response. */
@Controller('serializer')
@Public()
@UseInterceptors(ClassSerializerInterceptor)
class SerializedController {
  @Get()
  findOne() {}

  @Get('export')
  @RequireApiKey()
  export() {}
}

/** 25-dynamic-modules: a module that its importer configures, with a controller of its own. */
@Controller('config')
class ConfigController {
  constructor(@Inject('CONFIG') readonly config: object) {}

  @Get()
  @RequireOrgRole('Owner', { org: activeOrg() })
  show() {}
}

@Module({})
class ConfigModule {
  static register(config: object): DynamicModule {
    const providers = [{ provide: 'CONFIG', useValue: config }];
    return { module: ConfigModule, controllers: [ConfigController], providers };
  }
}

/** 28-sse: a page, and the events that it listens to. */
@Controller('sse')
class EventsController {
  @Sse('events')
  events(): Observable<MessageEvent> {
    return NEVER;
  }

  @Sse('orgs/:orgId/events')
  @RequireOrgMember()
  eventsOfOrg(): Observable<MessageEvent> {
    return NEVER;
  }
}

/** 29-file-upload: routes whose interceptor reads the body. */
@Controller()
class FilesController {
  @Post('file')
  @UseInterceptors(FileInterceptor('file'))
  upload(@UploadedFile() _file: object) {}

  @Post('orgs/:orgId/file')
  @RequireOrgMember()
  @RequireStepUpMfa('UPLOAD_FILE')
  @UseInterceptors(FileInterceptor('file'))
  uploadOfOrg(@UploadedFile(new ParseFilePipe()) _file: object) {}
}

@Module({
  imports: [
    propelAuth({ except: ['/api', '/api-json', '/api-yaml'] }),
    CacheModule.register(),
    ConfigModule.register({ hello: 'Hello!' }),
  ],
  controllers: [
    CatsController,
    DocumentedController,
    PagesController,
    AuthController,
    CachedController,
    ReportsController,
    SerializedController,
    EventsController,
    FilesController,
  ],
  providers: [{ provide: APP_INTERCEPTOR, useClass: TransformInterceptor }],
})
class ExpressModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(log).forRoutes(CatsController);
  }
}

export const OVER_EXPRESS: AccessCase = {
  name: 'Nest’s samples over Express',
  imports: [ExpressModule],
  prepare: (app) => {
    app.useGlobalPipes(new ValidationPipe());
    const config = new DocumentBuilder().setTitle('Cats example').addTag('cats').build();
    PropelAuthSwagger.setup('api', app, PropelAuthSwagger.createDocument(app, config));
  },
  table: {
    'POST /cats': 'Admin and above of the org in token',
    'GET /cats': 'public',
    'GET /cats/:id': 'user',
    'POST /orgs/:orgId/cats': 'Admin and above of the org in path orgId',
    'GET /orgs/:orgId/cats/breeds': 'public',
    'GET /orgs/:orgId/cats/:id': 'members of the org in path orgId',
    'GET /pages': 'optional user',
    'GET /pages/reports': 'members of the org in token',
    'GET /auth/login': 'public',
    'GET /auth/profile': 'user',
    'GET /auth/sessions': 'user, not impersonated',
    'GET /cache': 'public',
    'GET /orgs/:orgId/reports': 'members of the org in path orgId',
    'GET /serializer': 'public',
    'GET /serializer/export': 'API key',
    'GET /config': 'Owner and above of the org in token',
    'GET /sse/events': 'user',
    'GET /sse/orgs/:orgId/events': 'members of the org in path orgId',
    'POST /file': 'user',
    'POST /orgs/:orgId/file': 'members of the org in path orgId, with step-up for UPLOAD_FILE',
  },
};

/** 10-fastify: cats, over Fastify. */
@Controller('orgs/:orgId/cats')
@RequireUserOrApiKey()
@RequireOrgMember()
class FastCatsController {
  @Post()
  @RequirePermission('can_create_cats')
  create(@Body() _cat: object) {}

  @Get()
  findAll() {}

  @Get(':id')
  @Public()
  findOne(@Param('id', ParseIntPipe) _id: number) {}
}

@Module({ imports: [propelAuth()], controllers: [FastCatsController] })
class FastifyModule {}

export const OVER_FASTIFY: AccessCase = {
  name: 'Nest’s sample over Fastify',
  imports: [FastifyModule],
  adapter: () => new FastifyAdapter(),
  table: {
    'POST /orgs/:orgId/cats':
      'user or API key: members with can_create_cats of the org in path orgId',
    'GET /orgs/:orgId/cats': 'user or API key: members of the org in path orgId',
    'GET /orgs/:orgId/cats/:id': 'public',
  },
};
