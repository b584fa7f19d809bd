import { Injectable, Module, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { CqrsModule } from '@nestjs/cqrs';
import { BullModule } from '@nestjs/bullmq';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { BullBoardModule } from '@bull-board/nestjs';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { NextFunction, Request, Response } from 'express';
import { LoggerModule } from 'nestjs-pino';
import { PropelAuthModule, PropelAuthService, RequireOrgRole } from 'nestjs-propelauth';
import { HealthController } from './health.controller.js';
import { ReportsController } from './reports.controller.js';
import {
  CreateReportHandler,
  Journal,
  ListReportsHandler,
  NightlyReports,
  ReportCreatedHandler,
  ReportListener,
  ReportsProcessor,
} from './reports.handlers.js';

/** The organization of the people who may see the board. */
export const STAFF_ORG_ID = '0ac3e000-0000-4000-8000-000000000000';

/** The requests that a caller has in a minute, where a route sets no other limit. */
const MANY = 1_000;

/** What was logged. */
@Injectable()
export class LogLines {
  readonly lines: string[] = [];
}

@Module({ providers: [LogLines], exports: [LogLines] })
class LogLinesModule {}

@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [PropelAuthService],
      useFactory: (propelAuth: PropelAuthService) => ({
        throttlers: [{ ttl: 60_000, limit: MANY }],
        getTracker: (_request: object, context: ExecutionContext) => propelAuth.callerKey(context),
      }),
    }),
  ],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class GlobalThrottlerModule {}

export const propelAuth = PropelAuthModule.forRootAsync({
  imports: [ConfigModule.forRoot()],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    authUrl: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
    apiKey: config.getOrThrow<string>('PROPELAUTH_API_KEY'),
    manualTokenVerificationMetadata: {
      issuer: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
      verifierKey: config.getOrThrow<string>('PROPELAUTH_VERIFIER_KEY'),
    },
  }),
  requireUserByDefault: true,
});

/** There is no Redis: what is tested is who may call a processor, not how a job gets to it. */
const redis = BullModule.forRoot({
  connection: { host: '127.0.0.1', port: 1, lazyConnect: true, retryStrategy: () => null },
});

const boardOfReports = BullBoardModule.forFeature({
  name: 'reports',
  adapter: BullMQAdapter,
});

/** The board is middleware, which no guard reaches. */
const board = BullBoardModule.forRootAsync({
  inject: [PropelAuthService],
  useFactory: (service: PropelAuthService) => ({
    route: '/queues',
    adapter: ExpressAdapter,
    middleware: async (request: Request, _response: Response, next: NextFunction) => {
      const caller = await service.authenticate(request, { kinds: ['user'] });
      await service.authorize({ caller, orgId: STAFF_ORG_ID }, RequireOrgRole('Admin'));
      next();
    },
  }),
});

@Module({
  imports: [
    GlobalThrottlerModule,
    propelAuth,
    LoggerModule.forRootAsync({
      imports: [LogLinesModule],
      inject: [LogLines],
      useFactory: ({ lines }: LogLines) => ({
        pinoHttp: {
          level: 'debug',
          redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]'],
          stream: { write: (line: string) => lines.push(line) },
        },
      }),
    }),
    LogLinesModule,
    CqrsModule.forRoot(),
    EventEmitterModule.forRoot(),
    ScheduleModule.forRoot(),
    TerminusModule,
    redis,
    BullModule.registerQueue({ name: 'reports' }),
    board,
    boardOfReports,
  ],
  controllers: [HealthController, ReportsController],
  providers: [
    CreateReportHandler,
    Journal,
    ListReportsHandler,
    NightlyReports,
    ReportCreatedHandler,
    ReportListener,
    ReportsProcessor,
  ],
})
export class CompanionsModule {}
