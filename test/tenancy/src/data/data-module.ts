import type { DynamicModule } from '@nestjs/common';
import type { DataOptions } from './data-options.js';
import { DrizzleDataModule } from './drizzle/drizzle-data.module.js';
import { PrismaDataModule } from './prisma/prisma-data.module.js';
import { TypeOrmDataModule } from './typeorm/typeorm-data.module.js';

/** The data layers. An application uses one of them. */
export const DATA_MODULES: Readonly<
  Record<string, { forRoot(options: DataOptions): DynamicModule }>
> = {
  drizzle: DrizzleDataModule,
  typeorm: TypeOrmDataModule,
  prisma: PrismaDataModule,
};

/** The data layer that the environment names. */
export function dataModule({ DATA = 'drizzle', DATABASE_URL }: NodeJS.ProcessEnv): DynamicModule {
  if (!Object.hasOwn(DATA_MODULES, DATA)) {
    throw new Error(`DATA is "${DATA}". Use one of ${Object.keys(DATA_MODULES).join(', ')}.`);
  }
  if (DATABASE_URL === undefined) throw new Error('Set DATABASE_URL, as in the README.');
  return DATA_MODULES[DATA].forRoot({ url: DATABASE_URL });
}
