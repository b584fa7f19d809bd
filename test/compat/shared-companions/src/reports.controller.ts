import { Controller, Get, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Throttle } from '@nestjs/throttler';
import { CurrentUser, User } from 'nestjs-propelauth';
import { CreateReport, ListReports } from './reports.handlers.js';

/** How often a caller may list reports in a minute. */
export const LIMIT = 2;

@Controller()
export class ReportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('account')
  account(@CurrentUser() user: User) {
    return { userId: user.userId };
  }

  @Post('reports')
  create(@CurrentUser('userId') userId: string) {
    return this.commands.execute(new CreateReport(userId));
  }

  @Get('reports')
  @Throttle({ default: { limit: LIMIT, ttl: 60_000 } })
  list() {
    return this.queries.execute(new ListReports());
  }
}
