import { Injectable } from '@nestjs/common';
import type { Report } from './abilities.js';

@Injectable()
export class Reports {
  readonly rows: Report[] = [];

  find(orgId: string, id: string): Report | undefined {
    return this.rows.find((row) => row.orgId === orgId && row.id === id);
  }
}
