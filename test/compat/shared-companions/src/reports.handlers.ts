import { Injectable } from '@nestjs/common';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import {
  CommandHandler,
  EventBus,
  EventsHandler,
  QueryHandler,
  type ICommandHandler,
  type IEventHandler,
  type IQueryHandler,
} from '@nestjs/cqrs';
import { EventEmitter2, OnEvent } from '@nestjs/event-emitter';
import { Cron } from '@nestjs/schedule';
import type { Job } from 'bullmq';

/** What the handlers below have done, which libraries call without a request. */
@Injectable()
export class Journal {
  readonly entries: string[] = [];
}

export class CreateReport {
  constructor(readonly userId: string) {}
}

export class ReportCreated {
  constructor(readonly userId: string) {}
}

export class ListReports {}

@CommandHandler(CreateReport)
export class CreateReportHandler implements ICommandHandler<CreateReport> {
  constructor(
    private readonly journal: Journal,
    private readonly events: EventBus,
    private readonly emitter: EventEmitter2,
  ) {}

  async execute({ userId }: CreateReport) {
    this.journal.entries.push(`command of ${userId}`);
    this.events.publish(new ReportCreated(userId));
    await this.emitter.emitAsync('report.created', userId);
    return { createdBy: userId };
  }
}

@EventsHandler(ReportCreated)
export class ReportCreatedHandler implements IEventHandler<ReportCreated> {
  constructor(private readonly journal: Journal) {}

  handle({ userId }: ReportCreated) {
    this.journal.entries.push(`event of ${userId}`);
  }
}

@QueryHandler(ListReports)
export class ListReportsHandler implements IQueryHandler<ListReports> {
  constructor(private readonly journal: Journal) {}

  async execute() {
    this.journal.entries.push('query');
    return [];
  }
}

@Injectable()
export class ReportListener {
  constructor(private readonly journal: Journal) {}

  @OnEvent('report.created')
  onCreated(userId: string) {
    this.journal.entries.push(`listener for ${userId}`);
  }
}

@Injectable()
export class NightlyReports {
  constructor(private readonly journal: Journal) {}

  @Cron('0 3 * * *', { name: 'nightly' })
  create() {
    this.journal.entries.push('cron job');
  }
}

/** Does not run by itself, which would need Redis. */
@Processor('reports', { autorun: false })
export class ReportsProcessor extends WorkerHost {
  constructor(private readonly journal: Journal) {
    super();
  }

  async process({ name }: Job) {
    this.journal.entries.push(`job ${name}`);
  }
}
