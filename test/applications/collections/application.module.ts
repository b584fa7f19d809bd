import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CollectionsModule } from './collections.module.js';
import { ErrorCodesFilter } from './error-codes.filter.js';

@Module({
  imports: [CollectionsModule],
  providers: [{ provide: APP_FILTER, useClass: ErrorCodesFilter }],
})
export class ApplicationModule {}
