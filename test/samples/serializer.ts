import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  Module,
  UseInterceptors,
} from '@nestjs/common';
import { Exclude } from 'class-transformer';
import { PropelAuthModule, Public, RequireApiKey } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 21-serializer: an interceptor that leaves properties out of the response. */

class UserEntity {
  readonly firstName = 'Kamil';

  @Exclude()
  readonly password = 'password';
}

@Controller()
@Public()
@UseInterceptors(ClassSerializerInterceptor)
class AppController {
  @Get()
  findOne() {
    return new UserEntity();
  }

  @Get('export')
  @RequireApiKey()
  export() {
    return [new UserEntity()];
  }
}

@Module({ imports: [PropelAuthModule.forRoot(settings)], controllers: [AppController] })
export class SerializerModule {}

export const serializerAccess: AccessTable = {
  'GET /': 'public',
  'GET /export': 'API key',
};
