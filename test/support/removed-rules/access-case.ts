import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { AccessTable, HoldOptions } from 'nestjs-propelauth/testing';

/** An application whose access decorators are removed, one at a time. */
export interface AccessCase {
  readonly name: string;
  /** The modules of the application. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** Environment variables that it reads once it starts. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The access that its author has written down. */
  readonly table: AccessTable;
  /** What its `main.ts` does before the application listens. */
  readonly prepare?: (app: INestApplication) => unknown;
  /** Default: Express. */
  readonly adapter?: () => AbstractHttpAdapter;
  /** What `toHold()` needs to know about the application. Default: nothing. */
  readonly hold?: (app: INestApplication) => HoldOptions;
  /** The decorators that ask for what another one asks for, so that nothing changes without them. Default: none. */
  readonly redundant?: readonly string[];
}
