import { Body, Controller, Get, Post, Put } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiProperty,
  DocumentBuilder,
  getSchemaPath,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  orgFromBody,
  PropelAuthModule,
  RequireOrgMember,
  RequirePermission,
  RequireUser,
  type OrgSource,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startApplication } from '../support/application.js';

const property = { type: 'string', description: 'The id of the organization.' };
const named = { type: 'object', properties: { orgId: property }, required: ['orgId'] };
const optional: OrgSource = () => undefined;
optional.reads = {
  from: 'body',
  name: 'orgId',
  required: false,
  description: 'Or the active one.',
};

class Note {
  @ApiProperty()
  text!: string;
}

class NoteOfOrg {
  @ApiProperty()
  text!: string;

  @ApiProperty({ required: false, format: 'uuid' })
  orgId?: string;
}

class CompleteNote {
  @ApiProperty({ description: 'Whose note.' })
  orgId!: string;
}

@Controller()
@RequireOrgMember({ org: orgFromBody('orgId') })
class BodyController {
  @Post('undeclared')
  undeclared() {}

  @Post('property')
  property(@Body('title') _title: string) {}

  @Post('dto')
  dto(@Body() _note: Note) {}

  @Post('optional-property')
  optionalProperty(@Body() _note: NoteOfOrg) {}

  @Post('complete')
  complete(@Body() _note: CompleteNote) {}

  @Post('inline')
  @ApiBody({
    schema: {
      type: 'object',
      properties: { orgId: { type: 'string', description: 'Ours.' }, text: { type: 'string' } },
      required: ['text'],
    },
  })
  inline() {}

  @Post('either')
  @ApiBody({ schema: { oneOf: [{ $ref: getSchemaPath(Note) }, { type: 'object' }] } })
  either() {}

  @Post('upload')
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } },
  })
  upload() {}

  @Post('undeclared-upload')
  @ApiConsumes('multipart/form-data', 'application/json')
  undeclaredUpload() {}

  @Post('file')
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  file() {}

  @Post('two')
  @RequirePermission('can_edit', { org: orgFromBody('ownerId') })
  two(@Body() _note: Note) {}

  @Get('read')
  read() {}
}

@Controller()
class OtherController {
  @Put('other')
  @RequireUser()
  @ApiBody({ type: NoteOfOrg, required: false })
  other() {}

  @Post('inherited-names')
  @RequireOrgMember({ org: orgFromBody('constructor') })
  inheritedNames(@Body() _note: Note) {}

  @Post('not-required')
  @RequireOrgMember({ org: optional })
  notRequired() {}
}

const { app } = await startApplication({
  imports: [PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions)],
  controllers: [BodyController, OtherController],
});
const create = (): OpenAPIObject =>
  PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
const document = create();

function bodyOf(path: string, type = 'application/json'): [required: unknown, schema: unknown] {
  const body = document.paths[path]?.post?.requestBody;
  if (body === undefined || '$ref' in body) throw new Error(`${path} has no request body.`);
  return [body.required, body.content[type]?.schema];
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe('The request body of an operation has the property that its organization rule reads', () => {
  it.each(['undeclared', 'property'])('if the handler declares none: %s', (path) => {
    expect(bodyOf(`/${path}`)).toEqual([true, named]);
  });

  it('next to those of a class, which stays unchanged', () => {
    expect(bodyOf('/dto')).toEqual([true, { allOf: [ref('Note'), named] }]);
    expect(document.components?.schemas?.['Note']).not.toHaveProperty('properties.orgId');
  });

  it('as a class declares it, but required', () => {
    const ofOrg = { ...named, properties: { orgId: { ...property, format: 'uuid' } } };
    expect(bodyOf('/optional-property')).toEqual([true, { allOf: [ref('NoteOfOrg'), ofOrg] }]);
    expect(document.paths['/other']?.put?.requestBody).toEqual({
      required: false,
      content: { 'application/json': { schema: ref('NoteOfOrg') } },
    });
    expect(document.components?.schemas?.['NoteOfOrg']).toMatchObject({ required: ['text'] });
  });

  it('once, if a class declares all of it', () => {
    expect(bodyOf('/complete')).toEqual([true, ref('CompleteNote')]);
  });

  it('in a schema without a name', () => {
    expect(bodyOf('/inline')).toEqual([
      true,
      {
        type: 'object',
        properties: { orgId: { type: 'string', description: 'Ours.' }, text: { type: 'string' } },
        required: ['text', 'orgId'],
      },
    ]);
  });

  it('next to a choice of schemas', () => {
    expect(bodyOf('/either')).toEqual([
      true,
      { allOf: [{ oneOf: [ref('Note'), { type: 'object' }] }, named] },
    ]);
  });

  it('in forms', () => {
    expect(bodyOf('/upload', 'multipart/form-data')).toEqual([
      true,
      {
        type: 'object',
        properties: { file: { type: 'string', format: 'binary' }, orgId: property },
        required: ['orgId'],
      },
    ]);
  });

  it('in each content type that the route accepts', () => {
    for (const type of ['multipart/form-data', 'application/json']) {
      expect(bodyOf('/undeclared-upload', type)).toEqual([true, named]);
    }
  });

  it('but not if the body is a file', () => {
    expect(bodyOf('/file', 'application/octet-stream')).toEqual([
      true,
      { type: 'string', format: 'binary' },
    ]);
  });

  it('for each rule', () => {
    expect(bodyOf('/two')).toEqual([
      true,
      {
        allOf: [
          ref('Note'),
          {
            type: 'object',
            properties: { orgId: property, ownerId: property },
            required: expect.arrayContaining(['orgId', 'ownerId']),
          },
        ],
      },
    ]);
  });

  it('as optional if its source declares it', () => {
    expect(bodyOf('/not-required')).toEqual([
      false,
      {
        type: 'object',
        properties: { orgId: { type: 'string', description: 'Or the active one.' } },
      },
    ]);
  });

  it('as a string, even under a name that every object inherits', () => {
    const [, schema] = bodyOf('/inherited-names');
    expect(schema).toMatchObject({
      allOf: [ref('Note'), { properties: { constructor: property } }],
    });
  });

  it('unless the method has no body', () => {
    expect(document.paths['/read']?.get).not.toHaveProperty('requestBody');
  });

  it.each(['3.0.0', '3.1.0'])('in a valid document of OpenAPI %s', async (openapi) => {
    const result = await new Validator().validate(structuredClone({ ...document, openapi }));
    expect(result).toEqual({ valid: true });
  });

  it('each time the document is created', () => {
    expect(create()).toEqual(document);
  });
});
