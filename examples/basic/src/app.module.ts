import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';
import { ReportsController } from './reports.controller.js';

@Module({ controllers: [AppController, ReportsController] })
export class AppModule {}
