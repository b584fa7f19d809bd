import { Body, Controller, Get, type INestApplication, Module, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags, DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthModule, Public, RequireOrgMember, RequireOrgRole } from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 11-swagger: cats of an organization, and a page that documents them. */

class SwaggerCat {
  @ApiProperty({ example: 'Maine Coon', description: 'The breed of the cat' })
  readonly breed!: string;
}

@ApiTags('cats')
@Controller('orgs/:orgId/cats')
@RequireOrgMember()
class CatsController {
  private readonly cats: SwaggerCat[] = [];

  @Post()
  @ApiOperation({ summary: 'Create cat' })
  @ApiResponse({ status: 403, description: 'Forbidden.' })
  @RequireOrgRole('Admin')
  create(@Body() cat: SwaggerCat) {
    this.cats.push(cat);
    return cat;
  }

  @Get('breeds')
  @Public()
  breeds() {
    return ['Maine Coon'];
  }

  @Get(':id')
  @ApiResponse({ status: 200, type: SwaggerCat })
  findOne(@Param('id') id: string) {
    return this.cats[Number(id)];
  }
}

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...settings,
      requireUserByDefault: true,
      except: ['/api', '/api-json', '/api-yaml'],
    }),
  ],
  controllers: [CatsController],
})
export class SwaggerModuleOfCats {}

/** As its main.ts does. */
export function prepareSwagger(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('Cats example').addTag('cats').build();
  PropelAuthSwagger.setup('api', app, PropelAuthSwagger.createDocument(app, config));
}

export const swaggerAccess: AccessTable = {
  'POST /orgs/:orgId/cats': 'Admin and above of the org in path orgId',
  'GET /orgs/:orgId/cats/breeds': 'public',
  'GET /orgs/:orgId/cats/:id': 'members of the org in path orgId',
};
