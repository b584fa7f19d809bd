import {
  Controller,
  Get,
  Module,
  ParseFilePipe,
  Post,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { PropelAuthModule, Public, RequireOrgMember, RequireStepUpMfa } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 29-file-upload: routes whose interceptor reads the body. */

interface UploadedText {
  readonly buffer: Buffer;
}

@Controller()
class AppController {
  @Get()
  @Public()
  sayHello() {
    return 'Hello World!';
  }

  @Post('file')
  @UseInterceptors(FileInterceptor('file'))
  uploadFile(@UploadedFile() file: UploadedText) {
    return { file: file.buffer.toString() };
  }

  @Post('orgs/:orgId/file')
  @RequireOrgMember()
  @RequireStepUpMfa('UPLOAD_FILE')
  @UseInterceptors(FileInterceptor('file'))
  uploadFileOfOrg(@UploadedFile(new ParseFilePipe()) file: UploadedText) {
    return { file: file.buffer.toString() };
  }
}

@Module({ imports: [PropelAuthModule.forRoot(settings)], controllers: [AppController] })
export class FileUploadModule {}

export const fileUploadAccess: AccessTable = {
  'GET /': 'public',
  'POST /file': 'user',
  'POST /orgs/:orgId/file': 'members of the org in path orgId, with step-up for UPLOAD_FILE',
};
