/**
 * What docs/account.md uses of packages that are not installed here. The page was compiled and run with typeorm 1.1.1 and drizzle-orm 0.45.4;
 * the types of a generated Prisma client are written from its documentation. Below are those of docs/decorators.md, which was compiled with
 * @ts-rest/nest 3.52.1: it does not support Nest 12. The last one is that of docs/emulator.md.
 */

declare module '@nestjs/typeorm' {
  export function InjectRepository(entity: Function): ParameterDecorator;
}

declare module 'typeorm' {
  interface ColumnOptions {
    type?: 'text';
    unique?: boolean;
    nullable?: boolean;
  }
  export function Entity(): ClassDecorator;
  export function PrimaryGeneratedColumn(): PropertyDecorator;
  export function Column(options: ColumnOptions): PropertyDecorator;
  export class Repository<Row extends object> {
    findOneBy(where: Partial<Row>): Promise<Row | null>;
    findOneByOrFail(where: Partial<Row>): Promise<Row>;
    upsert(
      row: { [Column in keyof Row]?: Row[Column] | undefined },
      conflictPaths: (keyof Row & string)[],
    ): Promise<unknown>;
  }
}

declare module '@prisma/client' {
  interface Account {
    id: number;
    userId: string;
    email: string | null;
  }
  interface AccountDelegate {
    findUnique(query: { where: { userId: string } }): PromiseLike<Account | null>;
    upsert(query: {
      where: { userId: string };
      create: { userId: string; email?: string | null | undefined };
      update: { userId?: string; email?: string | null | undefined };
    }): PromiseLike<Account>;
  }
  export class PrismaClient {
    readonly account: AccountDelegate;
  }
}

declare module 'drizzle-orm' {
  export function eq(column: object, value: unknown): { readonly condition: never };
}

declare module 'drizzle-orm/pg-core' {
  interface Column<Value> {
    readonly value: Value;
    notNull(): Column<NonNullable<Value>>;
    unique(): Column<Value>;
    primaryKey(): Column<NonNullable<Value>>;
  }
  export type Table<Columns> = Columns & { readonly columns: Columns };
  export type RowOf<Columns> = {
    [Name in keyof Columns]: Columns[Name] extends Column<infer Value> ? Value : never;
  };
  export function serial(name?: string): Column<number | null>;
  export function text(name?: string): Column<string | null>;
  export function pgTable<Columns>(name: string, columns: Columns): Table<Columns>;
}

declare module 'drizzle-orm/node-postgres' {
  import type { RowOf, Table } from 'drizzle-orm/pg-core';

  interface Insert<Columns> extends PromiseLike<unknown> {
    onConflictDoUpdate(change: {
      target: object;
      set: { [Name in keyof Columns]?: RowOf<Columns>[Name] | undefined };
    }): Insert<Columns>;
    returning(): PromiseLike<RowOf<Columns>[]>;
  }
  export class NodePgDatabase {
    select(): {
      from<Columns>(table: Table<Columns>): {
        where(condition: { readonly condition: never }): PromiseLike<RowOf<Columns>[]>;
      };
    };
    insert<Columns>(table: Table<Columns>): {
      values(row: { [Name in keyof Columns]?: RowOf<Columns>[Name] | undefined }): Insert<Columns>;
    };
  }
}

declare module '@ts-rest/core' {
  interface Contract {
    type<Body>(body?: Body): Body;
    noBody(): symbol;
    router<Router extends object>(router: Router): Router;
    mutation<Route extends object>(route: Route): Route;
  }
  export function initContract(): Contract;
}

declare module '@ts-rest/nest' {
  type Implementation = () => Promise<{ status: number; body: object }>;
  export function TsRestHandler(contract: object): MethodDecorator;
  export function tsRestHandler(
    contract: object,
    implementation: Implementation | Record<string, Implementation>,
  ): unknown;
}

declare module '@playwright/test' {
  import type { Page } from 'playwright-core';

  export const test: {
    beforeEach(hook: (fixtures: { page: Page }) => Promise<unknown>): void;
  };
}
