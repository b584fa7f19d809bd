import { Module } from '@nestjs/common';
import { McpEndpoint } from './mcp-server.js';
import { Reports } from './reports.js';
import { ReportsController } from './reports.controller.js';

@Module({ controllers: [McpEndpoint, ReportsController], providers: [Reports] })
export class AppModule {}
