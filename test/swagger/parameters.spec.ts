import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { ApiProperty, DocumentBuilder } from '@nestjs/swagger';
import {
  CurrentOrg,
  CurrentUser,
  OrgMemberInfo,
  PropelAuthModule,
  RequireOrgMember,
  User,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';
import { ROLES } from '../support/project.js';

class Note {
  @ApiProperty()
  text!: string;
}

@Controller()
class NotesController {
  @Post('orgs/:orgId/notes/:number')
  @RequireOrgMember()
  create(
    @CurrentUser() _user: User,
    @Param('number') _number: number,
    @CurrentOrg() _org: OrgMemberInfo,
    @Body() _note: Note,
    @Query('isDraft') _isDraft: boolean,
  ) {}
}

describe('The document of a handler with caller parameters', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication({
      imports: [
        PropelAuthModule.forRoot((await TestIssuer.create({ roles: ROLES })).moduleOptions),
      ],
      controllers: [NotesController],
    });
  });

  afterAll(() => application.close());

  it('has the types of the other parameters, and no caller', () => {
    const { components, paths } = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    const operation = paths['/orgs/{orgId}/notes/{number}']?.post;
    expect(operation?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } },
    });
    expect(operation?.parameters).toEqual([
      expect.objectContaining({ in: 'path', name: 'number', schema: { type: 'number' } }),
      expect.objectContaining({ in: 'query', name: 'isDraft', schema: { type: 'boolean' } }),
    ]);
    expect(Object.keys(components?.schemas ?? {}).toSorted()).toEqual([
      'Note',
      'PropelAuthRefusal',
    ]);
  });
});
