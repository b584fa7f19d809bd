import { Module } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { ReportsGateway } from './reports.gateway.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
  ],
  providers: [ReportsGateway],
})
export class AppModule {}
