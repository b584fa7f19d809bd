import { hash } from 'node:crypto';
import { Controller, Delete, Get, Injectable, Module } from '@nestjs/common';
import { Args, Field, ID, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  type Caller,
  type CallerKind,
  type CredentialPlace,
  CurrentCaller,
  CurrentResource,
  fromInput,
  PropelAuthModule,
  RequireCaller,
  RequireScope,
  type ResourceCall,
  type ResourceLoader,
  tokenFromCookie,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { issuer } from '../../support/guarded-application.js';

interface SharedAlbum {
  readonly album: string;
  readonly expiresAt: Date;
}

/** Links that let whoever has them see one album: `/shared/<secret>` and `/photos?share=<secret>`. */
@Injectable()
class ShareLinks implements CallerKind<SharedAlbum> {
  readonly name = 'share-link';
  readonly credential: readonly CredentialPlace[] = [{ path: 'share' }, { query: 'share' }];
  private readonly albums = new Map<string, SharedAlbum>([
    [hash('sha256', 'open-sesame'), { album: 'holidays', expiresAt: new Date(8.64e15) }],
    [hash('sha256', 'too-late'), { album: 'holidays', expiresAt: new Date(0) }],
  ]);

  identify(secret: string): SharedAlbum | undefined {
    return this.albums.get(hash('sha256', secret));
  }

  /** Everybody who has the link is the same caller, so each address counts for itself. */
  key(): undefined {}

  expiresAt({ expiresAt }: SharedAlbum): Date {
    return expiresAt;
  }
}

interface ScopedKey {
  readonly id: string;
  readonly ownerId: string;
  readonly scopes: readonly string[];
}

/** API keys of the application, each with the permissions that its owner ticked. */
@Injectable()
export class ScopedKeys implements CallerKind<ScopedKey> {
  readonly name = 'album-key';
  readonly credential = [{ header: 'x-album-key' }];
  private readonly keys = new Map<string, ScopedKey>([
    [hash('sha256', 'nothing'), { id: '0', ownerId: 'user-alice', scopes: [] }],
    [hash('sha256', 'reads'), { id: '1', ownerId: 'user-alice', scopes: ['photo.read'] }],
    [
      hash('sha256', 'all'),
      { id: '2', ownerId: 'user-alice', scopes: ['photo.read', 'photo.delete'] },
    ],
  ]);

  identify(key: string): ScopedKey | undefined {
    return this.keys.get(hash('sha256', key));
  }

  revoke(key: string): void {
    this.keys.delete(hash('sha256', key));
  }

  key({ id }: ScopedKey): string {
    return id;
  }

  userId({ ownerId }: ScopedKey): string {
    return ownerId;
  }

  scopes({ scopes }: ScopedKey): readonly string[] {
    return scopes;
  }
}

@ObjectType()
class Photo {
  @Field(() => ID)
  readonly id!: string;

  @Field()
  readonly album!: string;

  readonly ownerId!: string;
}

/** Stands for a table. A caller sees the photos that are theirs, or those of the album of the link. */
@Injectable()
class Photos {
  readonly rows: readonly Photo[] = [
    { id: 'beach', album: 'holidays', ownerId: 'user-alice' },
    { id: 'desk', album: 'office', ownerId: 'user-alice' },
    { id: 'party', album: 'birthday', ownerId: 'user-bob' },
  ];

  visibleTo(caller: Caller): readonly Photo[] {
    return this.rows.filter((photo) => isVisible(photo, caller));
  }
}

function isVisible({ album, ownerId }: Photo, { kind, userId, identity }: Caller): boolean {
  const isOfLink = (kind as string) === 'share-link';
  return isOfLink ? (identity as SharedAlbum).album === album : ownerId === userId;
}

@Injectable()
class PhotoLoader implements ResourceLoader<Photo> {
  readonly name = 'photo';
  readonly id = fromInput('id');

  constructor(private readonly photos: Photos) {}

  load(_call: ResourceCall, id: string) {
    return this.photos.rows.find((photo) => photo.id === id);
  }
}

/** Nobody learns which photos others have. */
@Injectable()
class PhotoRule implements AccessRule<[], 'caller', 'not_found'> {
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

const RequirePhoto = accessRule(PhotoRule);

@Controller('photos')
@RequireCaller('user', 'album-key', 'share-link')
@RequireScope('photo.read', { of: 'album-key' })
class PhotosController {
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
class SharedController {
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

@Resolver(() => Photo)
@RequireCaller('user', 'album-key')
@RequireScope('photo.read', { of: 'album-key' })
class PhotosResolver {
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

/** Stands for a library, which knows nothing of this package. */
@Controller('health')
class HealthController {
  @Get()
  check() {
    return { status: 'ok' };
  }
}

@Module({ controllers: [HealthController] })
class HealthModule {}

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      tokenSource: tokenFromCookie('album_access_token', {
        orHeader: true,
        allowedOrigins: ['https://albums.example.com'],
      }),
      callerKinds: [ShareLinks, ScopedKeys],
      requireUserByDefault: true,
      except: [HealthModule],
    }),
    HealthModule,
  ],
  controllers: [PhotosController, SharedController],
  providers: [PhotoLoader, PhotoRule, Photos, PhotosResolver, ShareLinks, ScopedKeys],
})
export class AlbumsModule {}

const ITS_PHOTO = 'photo of the caller or of the shared album';

/** Who may call which handler of the albums: none of them public. */
export const ALBUMS_TABLE: AccessTable = {
  'GET /photos': 'user or album key with scope photo.read or share link',
  'GET /photos/:id': `user or album key with scope photo.read or share link, ${ITS_PHOTO}, with photo`,
  'DELETE /photos/:id': `user or album key with scope photo.delete and photo.read, ${ITS_PHOTO}, with photo`,
  'GET /shared/:share': 'share link',
  'GET /shared/:share/photos/:id': `share link, ${ITS_PHOTO}, with photo`,
  'Query.photos': 'user or album key with scope photo.read',
  'Mutation.removePhoto': `user or album key with scope photo.delete and photo.read, ${ITS_PHOTO}`,
  'GET /health': 'exempt (HealthModule)',
};
