import { Injectable } from '@nestjs/common';

export interface Invoice {
  readonly id: string;
  readonly orgId: string;
}

/** Instead of a database. It throws for ids that are no UUIDs, as PostgreSQL does. */
@Injectable()
export class Invoices {
  readonly rows = new Map<string, Invoice>();
  readonly queries: string[] = [];
  isDown = false;

  async findAnywhere(id: string): Promise<Invoice | undefined> {
    this.queries.push(`find ${id}`);
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    if (id.length !== 36) throw new Error(`invalid input syntax for type uuid: "${id}"`);
    return this.rows.get(id.toLowerCase());
  }

  async remove(orgId: string, id: string): Promise<void> {
    this.queries.push(`remove ${id}`);
    if (this.rows.get(id)?.orgId === orgId) this.rows.delete(id);
  }
}
