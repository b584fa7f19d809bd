import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { AppController } from './app.controller.js';
import { ReportsController } from './reports.controller.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
      requireUserByDefault: true,
      except: ['/docs', '/docs-json', '/docs-yaml'], // Swagger UI is public
    }),
  ],
  controllers: [AppController, ReportsController],
})
export class AppModule {}
