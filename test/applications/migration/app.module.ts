import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { LegacyTokens } from './legacy-tokens.js';
import { OldMembers } from './old-members.js';
import { ProjectsController } from './projects.controller.js';
import { UserMover } from './user-mover.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      callerKinds: [LegacyTokens],
    }),
  ],
  controllers: [ProjectsController],
  providers: [LegacyTokens, OldMembers, UserMover],
})
export class AppModule {}
