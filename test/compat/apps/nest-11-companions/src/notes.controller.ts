import { Body, Controller, Module, Post } from '@nestjs/common';
import { TsRestHandler, tsRestHandler } from '@ts-rest/nest';
import { initContract } from '@ts-rest/core';
import { createZodDto, ZodValidationPipe } from 'nestjs-zod';
import { APP_PIPE } from '@nestjs/core';
import { CurrentOrg, CurrentUser, OrgMemberInfo, RequireOrgRole } from 'nestjs-propelauth';
import { z } from 'zod';
import { propelAuth } from './companions.module';

class NoteDto extends createZodDto(z.object({ title: z.string().min(1) })) {}

@Controller('notes')
class NotesController {
  @Post()
  create(@CurrentUser('userId') userId: string, @Body() { title }: NoteDto) {
    return { title, createdBy: userId };
  }
}

const contract = initContract().router({
  createNote: {
    method: 'POST',
    path: '/orgs/:orgId/notes',
    body: z.object({ title: z.string().min(1) }),
    responses: { 201: z.object({ title: z.string(), orgName: z.string() }) },
  },
});

@Controller()
class OrgNotesController {
  @TsRestHandler(contract.createNote)
  @RequireOrgRole('Admin')
  create(@CurrentOrg() { orgName }: OrgMemberInfo) {
    return tsRestHandler(contract.createNote, async ({ body: { title } }) => ({
      status: 201,
      body: { title, orgName },
    }));
  }
}

/** What has no release for Nest 12 yet: nestjs-zod 5.5.0 and @ts-rest/nest 3.52.1. */
@Module({
  imports: [propelAuth],
  controllers: [NotesController, OrgNotesController],
  providers: [{ provide: APP_PIPE, useClass: ZodValidationPipe }],
})
export class NotesModule {}
