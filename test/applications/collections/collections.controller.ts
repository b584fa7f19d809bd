import { Controller, Get, Put } from '@nestjs/common';
import {
  CurrentCaller,
  CurrentResource,
  RequireOrgRole,
  RequireScope,
  type Caller,
} from 'nestjs-propelauth';
import { type Collection, CollectionLoader } from './collection.loader.js';

@Controller('collections')
export class CollectionsController {
  @Get()
  @RequireScope('collections:read', { of: 'personal-access-token' }) // users need no scope
  list(@CurrentCaller() caller: Caller) {
    return { readBy: caller.kind, ownerId: caller.userId };
  }

  @Put(':id')
  @RequireOrgRole('Admin')
  @RequireScope('collections:write', { of: 'personal-access-token' })
  change(@CurrentResource(CollectionLoader) { id }: Collection, @CurrentCaller('kind') by: string) {
    return { id, changedBy: by };
  }
}
