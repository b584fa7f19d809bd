import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentCaller, RequireCaller, RequireScope, type Caller } from 'nestjs-propelauth';
import { RequirePhoto } from './photo.rule.js';
import { Photo, Photos } from './photos.js';

@Resolver(() => Photo)
@RequireCaller('user', 'album-key')
@RequireScope('photo.read', { of: 'album-key' })
export class PhotosResolver {
  constructor(private readonly photos: Photos) {}

  @Query(() => [Photo], { name: 'photos' })
  list(@CurrentCaller() caller: Caller) {
    return this.photos.visibleTo(caller);
  }

  @Mutation(() => ID)
  @RequireScope('photo.delete', { of: 'album-key' })
  @RequirePhoto()
  removePhoto(@Args('id', { type: () => ID }) id: string) {
    return id;
  }
}
