import type { ExecutionContext } from '@nestjs/common';
import { noteBuiltIn } from '../../../options/org-source-description.js';
import type {
  OrgReference,
  OrgSource,
  OrgSourceOption,
  OrgSourceReads,
} from '../../../options/org-source.interface.js';

/** The built-in sources that read an id rather than a name. */
const BY_ID = new WeakSet<OrgSourceOption>();

/** Creates a source that declares what it reads. */
export function createOrgSource(
  reads: OrgSourceReads,
  read: (context: ExecutionContext) => OrgReference | undefined,
): OrgSource {
  const description = 'The id of the organization.';
  const source = Object.assign(read, { reads: { description, ...reads } });
  noteBuiltIn(source);
  // Only sources that do not read an id have a description of their own.
  if (reads.description === undefined) BY_ID.add(source);
  return source;
}

/** Whether a source is known to read an id rather than a name. */
export function isByIdSource(source: OrgSourceOption): boolean {
  return BY_ID.has(source);
}
