import { Body, Controller, Get, Module, Param, ParseIntPipe, Post } from '@nestjs/common';
import {
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequirePermission,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 10-fastify: cats, over Fastify. */

@Controller('orgs/:orgId/cats')
@RequireUserOrApiKey()
@RequireOrgMember()
class CatsController {
  private readonly cats: object[] = [];

  @Post()
  @RequirePermission('can_create_cats')
  create(@Body() cat: object) {
    this.cats.push(cat);
  }

  @Get()
  findAll() {
    return this.cats;
  }

  @Get(':id')
  @Public()
  findOne(@Param('id', ParseIntPipe) id: number) {
    return this.cats[id];
  }
}

@Module({ imports: [PropelAuthModule.forRoot(settings)], controllers: [CatsController] })
export class FastifyModule {}

export const fastifyAccess: AccessTable = {
  'POST /orgs/:orgId/cats':
    'user or API key: members with can_create_cats of the org in path orgId',
  'GET /orgs/:orgId/cats': 'user or API key: members of the org in path orgId',
  'GET /orgs/:orgId/cats/:id': 'public',
};
