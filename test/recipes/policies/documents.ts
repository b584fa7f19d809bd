import { Injectable } from '@nestjs/common';
import { fromInput, type ResourceCall, type ResourceLoader } from 'nestjs-propelauth';

export interface Doc {
  readonly id: string;
  readonly orgId: string;
  readonly editors: readonly string[];
}

export const ACME_ID = '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f';
export const GLOBEX_ID = 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c';

@Injectable()
export class Documents {
  readonly rows: readonly Doc[] = [
    { id: 'plan', orgId: ACME_ID, editors: ['user-carol'] },
    { id: 'menu', orgId: ACME_ID, editors: [] },
    { id: 'theirs', orgId: GLOBEX_ID, editors: ['user-carol'] },
  ];

  find(id: string) {
    return this.rows.find((row) => row.id === id);
  }

  findAll(orgId: string, ids: readonly string[]) {
    return this.rows.filter((row) => row.orgId === orgId && ids.includes(row.id));
  }
}

@Injectable()
export class DocumentLoader implements ResourceLoader<Doc> {
  readonly name = 'document';
  readonly id = fromInput('documentId');

  constructor(private readonly documents: Documents) {}

  load(_call: ResourceCall, id: string) {
    return this.documents.find(id);
  }

  orgId(document: Doc) {
    return document.orgId;
  }
}
