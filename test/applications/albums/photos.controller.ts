import { Controller, Delete, Get, NotFoundException, Param } from '@nestjs/common';
import { CurrentCaller, RequireCaller, RequireScope, type Caller } from 'nestjs-propelauth';
import { type Photo, Photos } from './photos.js';

function idsOf(photos: readonly Photo[]) {
  return photos.map(({ id }) => id);
}

@Controller('photos')
@RequireCaller('user', 'album-key', 'share-link')
@RequireScope('photo.read', { of: 'album-key' })
export class PhotosController {
  constructor(private readonly photos: Photos) {}

  @Get()
  list(@CurrentCaller() caller: Caller) {
    return idsOf(this.photos.visibleTo(caller));
  }

  @Get(':id')
  show(@Param('id') id: string, @CurrentCaller() caller: Caller) {
    const photo = this.photos.find(id, caller);
    if (photo === undefined) throw new NotFoundException();
    return photo;
  }

  @Delete(':id')
  @RequireCaller('user', 'album-key')
  @RequireScope('photo.delete', { of: 'album-key' })
  remove(@Param('id') id: string, @CurrentCaller() caller: Caller) {
    if (this.photos.find(id, caller) === undefined) throw new NotFoundException();
    return { removed: id };
  }
}

@Controller('shared/:share')
@RequireCaller('share-link')
export class SharedController {
  constructor(private readonly photos: Photos) {}

  @Get()
  list(@CurrentCaller() caller: Caller) {
    return idsOf(this.photos.visibleTo(caller));
  }

  @Get('photos/:id')
  show(@Param('id') id: string, @CurrentCaller() caller: Caller) {
    const photo = this.photos.find(id, caller);
    if (photo === undefined) throw new NotFoundException();
    return photo;
  }
}
