import { Injectable } from '@nestjs/common';
import { fromParam, type ResourceCall, type ResourceLoader } from 'nestjs-propelauth';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';

export interface Collection {
  readonly id: string;
  readonly orgId: string;
}

/** Stands for a table of all tenants. */
@Injectable()
export class CollectionLoader implements ResourceLoader<Collection> {
  readonly name = 'collection';
  readonly id = fromParam('id');
  private readonly rows: readonly Collection[] = [
    { id: 'c1', orgId: ACME_ID },
    { id: 'c2', orgId: GLOBEX_ID },
  ];

  load(_call: ResourceCall, id: string) {
    return this.rows.find((row) => row.id === id);
  }

  orgId({ orgId }: Collection) {
    return orgId;
  }
}
