import type { ResourceCall } from '../../options/resource-loader.interface.js';
import { isValueSource, type ValueSource } from '../../options/value-source.js';

/** A loader of the application, whatever its rows are. */
export interface OwnLoader {
  readonly name: string;
  readonly id: ValueSource;
  load(call: ResourceCall, id: string): unknown;
  orgId?(row: object): unknown;
}

/** What is wrong with a loader, for applications without a compiler that checks it. */
export function mistakeInLoader({ id, load, orgId }: Partial<OwnLoader>): string | undefined {
  if (typeof load !== 'function') {
    return 'has no method load(). Add load(call, id), which returns the row or null.';
  }
  if (!isValueSource(id)) {
    return "has no valid id. Set id to a source such as fromInput('documentId').";
  }
  return orgId === undefined || typeof orgId === 'function'
    ? undefined
    : 'has an orgId that is not a method. Make it orgId(row), which returns the id of the organization of a row.';
}
