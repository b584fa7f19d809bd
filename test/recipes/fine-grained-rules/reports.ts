import { Injectable } from '@nestjs/common';

@Injectable()
export class Reports {
  readonly rows = [
    { id: 'carols', orgId: '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f', authorId: 'user-carol' },
    { id: 'others', orgId: 'f2a7c1d4-8e3b-4b6a-a1c9-0d9e8f7a6b5c', authorId: 'user-carol' },
  ];

  find(orgId: string, id: string) {
    return this.rows.find((row) => row.orgId === orgId && row.id === id);
  }
}
