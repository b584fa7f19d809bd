import { Controller, Get, Put } from '@nestjs/common';
import {
  CurrentCaller,
  CurrentResource,
  RequireCaller,
  RequireOrgRole,
  RequireScope,
  type Caller,
} from 'nestjs-propelauth';
import { type Collection, CollectionLoader } from './collection.loader.js';

@Controller('collections')
@RequireCaller('user', 'personal-access-token') // as the rules about scopes name one kind
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
