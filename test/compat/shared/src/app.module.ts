import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { PropelAuthModule } from 'nestjs-propelauth';
import { AccountController } from './account.controller.js';
import { OrgController } from './org.controller.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    PropelAuthModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        authUrl: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
        apiKey: config.getOrThrow<string>('PROPELAUTH_API_KEY'),
        manualTokenVerificationMetadata: {
          issuer: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
          verifierKey: config.getOrThrow<string>('PROPELAUTH_VERIFIER_KEY'),
        },
      }),
      requireUserByDefault: true,
    }),
  ],
  controllers: [AccountController, OrgController],
})
export class AppModule {}
