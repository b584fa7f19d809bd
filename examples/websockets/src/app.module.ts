import { Module } from '@nestjs/common';
import { ReportsGateway } from './reports.gateway.js';

@Module({ providers: [ReportsGateway] })
export class AppModule {}
