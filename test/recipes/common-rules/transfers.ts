import { ConflictException, Injectable } from '@nestjs/common';
import { fromInput, type ResourceCall, type ResourceLoader } from 'nestjs-propelauth';

interface Approval {
  readonly by: string;
  readonly version: number;
}

export interface Transfer {
  readonly id: string;
  readonly orgId: string;
  readonly requestedBy: string;
  readonly version: number;
  readonly approval?: Approval;
}

/** Instead of a table. */
@Injectable()
export class Transfers {
  readonly rows = new Map<string, Transfer>();
  readonly executed: string[] = [];

  approve(id: string, approval: Approval) {
    this.rows.set(id, { ...this.current(id, approval.version), approval });
  }

  execute(id: string, version: number) {
    this.current(id, version);
    this.executed.push(id);
  }

  private current(id: string, version: number): Transfer {
    const row = this.rows.get(id);
    if (row?.version !== version) throw new ConflictException();
    return row;
  }
}

@Injectable()
export class TransferLoader implements ResourceLoader<Transfer> {
  readonly name = 'transfer';
  readonly id = fromInput('transferId');

  constructor(private readonly transfers: Transfers) {}

  load(_call: ResourceCall, id: string) {
    return this.transfers.rows.get(id);
  }

  orgId(transfer: Transfer) {
    return transfer.orgId;
  }
}
