import {
  type ArgumentsHost,
  Body,
  type CallHandler,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpException,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  Param,
  ParseIntPipe,
  Post,
  UseFilters,
  UseInterceptors,
  ValidationPipe,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { IsInt, IsString } from 'class-validator';
import type { NextFunction, Request, Response } from 'express';
import { activeOrg, PropelAuthModule, Public, RequireOrgRole } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { map, type Observable } from 'rxjs';
import { settings } from './settings.js';

/** 01-cats-app: middleware, interceptors, pipes and an exception filter around one controller. */

class CreateCatDto {
  @IsString()
  readonly name!: string;

  @IsInt()
  readonly age!: number;
}

@Injectable()
class LoggerMiddleware implements NestMiddleware {
  use(_request: Request, response: Response, next: NextFunction) {
    response.setHeader('x-logged', 'yes');
    next();
  }
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

@Controller('cats')
@UseFilters(HttpExceptionFilter)
@UseInterceptors(LoggingInterceptor)
class CatsController {
  private readonly cats: CreateCatDto[] = [];

  @Post()
  @RequireOrgRole('Admin', { org: activeOrg() }) // instead of its RolesGuard
  create(@Body() cat: CreateCatDto) {
    this.cats.push(cat);
  }

  @Get()
  @Public()
  findAll() {
    return this.cats;
  }

  @Get(':id')
  findOne(@Param('id', ParseIntPipe) id: number) {
    return this.cats[id];
  }
}

@Module({
  imports: [PropelAuthModule.forRoot(settings)],
  controllers: [CatsController],
  providers: [{ provide: APP_INTERCEPTOR, useClass: TransformInterceptor }],
})
export class CatsAppModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(LoggerMiddleware).forRoutes(CatsController);
  }
}

/** As its main.ts does. */
export function prepareCatsApp(app: INestApplication): void {
  app.useGlobalPipes(new ValidationPipe());
}

export const catsAppAccess: AccessTable = {
  'POST /cats': 'Admin and above of the org in token',
  'GET /cats': 'public',
  'GET /cats/:id': 'user',
};
