import { BadRequestException, Body, Controller, Get, Post } from '@nestjs/common';
import { RequireOrgMember } from 'nestjs-propelauth';
import { InvoicesService } from './invoices.service.js';

@Controller('orgs/:orgId/invoices')
@RequireOrgMember()
export class InvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get()
  list() {
    return this.invoices.list();
  }

  @Post()
  create(@Body('number') number: unknown) {
    if (typeof number !== 'string') throw new BadRequestException('number must be a string.');
    return this.invoices.create(number);
  }
}
