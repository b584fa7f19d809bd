import { Controller, Delete, Get } from '@nestjs/common';
import {
  CurrentCaller,
  CurrentResource,
  RequireCaller,
  RequireScope,
  type Caller,
} from 'nestjs-propelauth';
import { PhotoLoader, RequirePhoto } from './photo.rule.js';
import { type Photo, Photos } from './photos.js';

@Controller('photos')
@RequireCaller('user', 'album-key', 'share-link')
@RequireScope('photo.read', { of: 'album-key' })
export class PhotosController {
  constructor(private readonly photos: Photos) {}

  @Get()
  list(@CurrentCaller() caller: Caller) {
    return this.photos.visibleTo(caller).map(({ id }) => id);
  }

  @Get(':id')
  @RequirePhoto()
  show(@CurrentResource(PhotoLoader) photo: Photo) {
    return photo;
  }

  @Delete(':id')
  @RequireCaller('user', 'album-key')
  @RequireScope('photo.delete', { of: 'album-key' })
  @RequirePhoto()
  remove(@CurrentResource(PhotoLoader) { id }: Photo) {
    return { removed: id };
  }
}

@Controller('shared/:share')
@RequireCaller('share-link')
export class SharedController {
  constructor(private readonly photos: Photos) {}

  @Get()
  list(@CurrentCaller() caller: Caller) {
    return this.photos.visibleTo(caller).map(({ id }) => id);
  }

  @Get('photos/:id')
  @RequirePhoto()
  show(@CurrentResource(PhotoLoader) photo: Photo) {
    return photo;
  }
}
