import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClsModule } from 'nestjs-cls';
import { PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { Invoice } from './invoice.entity.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesService } from './invoices.service.js';

@Module({
  imports: [
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
