import { Injectable } from '@nestjs/common';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  fromInput,
  type ResourceCall,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { isVisible, type Photo, Photos } from './photos.js';

@Injectable()
export class PhotoLoader implements ResourceLoader<Photo> {
  readonly name = 'photo';
  readonly id = fromInput('id');

  constructor(private readonly photos: Photos) {}

  load(_call: ResourceCall, id: string) {
    return this.photos.rows.find((photo) => photo.id === id);
  }
}

/** Nobody learns which photos others have. */
@Injectable()
export class PhotoRule implements AccessRule<[], 'caller', 'not_found'> {
  readonly name = 'visible-photo';
  readonly requires = ['caller'] as const;
  readonly denials = { not_found: 404 } as const;

  describe() {
    return 'photo of the caller or of the shared album';
  }

  async authorize(call: AccessCall<'caller'>) {
    const photo = await call.load(PhotoLoader);
    return photo !== null && isVisible(photo, call.caller);
  }
}

export const RequirePhoto = accessRule(PhotoRule);
