import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  UseInterceptors,
} from '@nestjs/common';
import { getCurrentUser, PropelAuthModule, Public, RequireOrgMember } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 20-cache: Nest's `CacheInterceptor` in front of what is the same for all, and one with the user in its key. */

@Controller()
@UseInterceptors(CacheInterceptor)
class AppController {
  @Get()
  @Public()
  findAll() {
    return [{ id: 1, name: 'Nest' }];
  }
}

@Injectable()
class CallerCacheInterceptor extends CacheInterceptor {
  protected override trackBy(context: ExecutionContext) {
    return JSON.stringify([super.trackBy(context), getCurrentUser(context)]);
  }
}

@Controller('orgs/:orgId/reports')
@RequireOrgMember()
@UseInterceptors(CallerCacheInterceptor)
class ReportsController {
  @Get()
  findAll() {
    return [{ id: 1, name: 'Third quarter' }];
  }
}

@Module({
  imports: [CacheModule.register(), PropelAuthModule.forRoot(settings)],
  controllers: [AppController, ReportsController],
})
export class CacheAppModule {}

export const cacheAccess: AccessTable = {
  'GET /': 'public',
  'GET /orgs/:orgId/reports': 'members of the org in path orgId',
};
