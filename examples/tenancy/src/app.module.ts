import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClsModule } from 'nestjs-cls';
import { PropelAuthModule } from 'nestjs-propelauth';
import { PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { Invoice } from './invoice.entity.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesService } from './invoices.service.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
    ClsModule.forRoot({ plugins: [new PropelAuthClsPlugin()] }),
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: [Invoice],
      installExtensions: false, // the role may not, and PostgreSQL makes UUIDs without
    }),
  ],
  controllers: [InvoicesController],
  providers: [InvoicesService],
})
export class AppModule {}
