import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { orgFromBody, orgFromHeader, orgFromQuery, RequireOrgMember } from 'nestjs-propelauth';
import { CurrentInvoice, InvoiceOrgSource } from './invoice-org-source.js';
import { asObject, readCents, readId, readNewInvoice, readNumber } from './invoice-input.js';
import type { InvoiceRow } from '../data/invoices.js';
import { InvoicesService } from './invoices.service.js';

/** The path names the organization. */
@Controller('orgs/:orgId/invoices')
@RequireOrgMember()
export class OrgInvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get()
  list() {
    return this.invoices.list();
  }

  @Post()
  create(@Body() body: unknown) {
    return this.invoices.create(readNewInvoice(body));
  }

  @Get(':id')
  show(@Param('id') id: string) {
    return this.invoices.find(readId(id));
  }

  @Patch(':id')
  rename(@Param('id') id: string, @Body() body: unknown) {
    return this.invoices.rename(readId(id), readNumber(asObject(body).number));
  }

  @Post(':id/lines')
  addLine(@Param('id') id: string, @Body() body: unknown) {
    return this.invoices.addLine(readId(id), readCents(asObject(body).cents));
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string) {
    return this.invoices.remove(readId(id));
  }
}

/** The query, the body or a header names the organization, or it is that of the invoice. */
@Controller('invoices')
export class InvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get()
  @RequireOrgMember({ org: orgFromQuery() })
  list() {
    return this.invoices.list();
  }

  @Get('mine')
  @RequireOrgMember({ org: orgFromHeader('x-org-id') })
  listByHeader() {
    return this.invoices.list();
  }

  @Post()
  @RequireOrgMember({ org: orgFromBody('orgId') })
  create(@Body() body: unknown) {
    return this.invoices.create(readNewInvoice(body));
  }

  @Get(':id')
  @RequireOrgMember({ org: InvoiceOrgSource })
  show(@CurrentInvoice() invoice: InvoiceRow) {
    return invoice;
  }

  @Post(':id/lines')
  @RequireOrgMember({ org: InvoiceOrgSource })
  addLine(@CurrentInvoice() { id }: InvoiceRow, @Body() body: unknown) {
    return this.invoices.addLine(id, readCents(asObject(body).cents));
  }
}
