import { Module } from '@nestjs/common';
import { PropelAuthModule, tokenFromCookie } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { HealthModule } from './health.module.js';
import { PhotoLoader, PhotoRule } from './photo.rule.js';
import { PhotosController, SharedController } from './photos.controller.js';
import { PhotosResolver } from './photos.resolver.js';
import { Photos } from './photos.js';
import { ScopedKeys } from './scoped-keys.js';
import { ShareLinks } from './share-links.js';

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
